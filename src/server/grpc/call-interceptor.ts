import { ServerInterceptingCall, type Metadata, type ServerInterceptor } from '@grpc/grpc-js';
import { ChatError } from '../../shared/errors.js';
import type { Accounts, Login } from '../accounts/accounts.js';
import type { ConnectionKey } from '../net/connections.js';
import { metadataKeys } from '../../shared/services.js';
import { credentialsIn } from './credentials.js';
import { statusOf } from './grpc-status.js';
import { onAbort } from '../async/on-abort.js';
import { messageWriter, type WriteMessage } from './message-writer.js';
import type { OpenCall, OpenCalls } from './open-calls.js';
import type { PublicMethods } from './public-methods.js';

/** Who makes a call, and when it is over. */
export type Caller = {
  /** The account's name. */
  readonly name: string;
  /** What the caller sent along. Unchecked. */
  readonly metadata: Metadata;
  /** Aborts when the caller goes away, its account changes or the server stops; the reason is a `ChatError`. */
  readonly signal: AbortSignal;
  /** Past the queue that grpc-js keeps for each stream: who waits for `taken` needs none, and at each delivery it would cost. */
  readonly send: WriteMessage;
};

/** What the interceptor works with. */
export type InterceptorOptions = {
  readonly accounts: Pick<Accounts, 'authenticate'>;
  readonly openCalls: OpenCalls;
  readonly publicMethods: PublicMethods;
  /** Told at each call which connection it came by, before anything is checked; tells where that comes from. */
  readonly onCall: (connection: ConnectionKey) => string;
  /** Told about each call that is refused before it reaches its handler. */
  readonly onRefused: (error: ChatError, address: string) => void;
};

// A call is known to its interceptor and to its handler by the same metadata object.
const callerKey = Symbol('caller');
type CheckedMetadata = Metadata & { [callerKey]?: Caller };

/** Who makes the call with this metadata. Throws `internal` for a call that passed no login. */
export function callerOf(metadata: CheckedMetadata): Caller {
  const caller = metadata[callerKey];
  if (!caller) throw new ChatError('internal', 'the call has passed no login');
  return caller;
}

/**
 * Checks every call's login when its metadata is there, before its body is read, and keeps `openCalls`:
 * grpc-js asks for the body only once the metadata was passed on. All sends pass here, so it makes nothing that
 * only some calls need: an `AbortController` and its listeners for each would cost more than the message.
 */
export function createCallInterceptor(options: InterceptorOptions): ServerInterceptor {
  const { accounts, openCalls, publicMethods } = options;
  return (method, nextCall) => {
    const address = options.onCall(nextCall.getConnectionInfo());
    let controller: AbortController | undefined;
    let ended: ChatError | undefined;
    let finished = false;
    /** A handler of ours has the call, and answers it when the signal aborts. */
    let handled = false;
    let release = (): void => undefined;
    let countRequest = (): void => undefined;

    const finish = (): void => {
      finished = true;
      openCalls.delete(openCall);
      release();
    };
    const refuse = (thrown: unknown): void => {
      if (finished) return;
      finish();
      options.onRefused(ChatError.from(thrown), address);
      nextCall.sendStatus(statusOf(thrown));
    };
    const end = (reason: ChatError): void => {
      ended ??= reason;
      controller?.abort(ended);
      if (!handled) refuse(ended);
    };
    const openCall: OpenCall = { streams: method.responseStream, end };
    const signal = (): AbortSignal => {
      controller ??= new AbortController();
      if (ended) controller.abort(ended);
      return controller.signal;
    };

    const enterPublic = (): void => {
      const { request, leave } = publicMethods.enter(address);
      countRequest = request;
      release = leave;
    };
    const enter = (metadata: CheckedMetadata, { name, revoked }: Login): void => {
      handled = true;
      if (method.responseStream) {
        release = onAbort(revoked, () => end(new ChatError('login-refused', 'the account has changed')));
        // It is kept as long as the stream is, and nobody needs the password any more.
        metadata.remove(metadataKeys.userPassword);
      }
      metadata[callerKey] = {
        name,
        metadata,
        get signal() {
          return signal();
        },
        get send() {
          return messageWriter(nextCall);
        },
      };
    };
    const check = (metadata: Metadata): void | Promise<void> => {
      openCalls.add(openCall);
      if (publicMethods.includes(method.path)) {
        enterPublic();
        return;
      }
      openCalls.checkOpen();
      const login = accounts.authenticate(credentialsIn(metadata, address));
      if (!(login instanceof Promise)) {
        enter(metadata, login);
        return;
      }
      return login.then((checked) => {
        if (!finished) enter(metadata, checked);
      });
    };

    return new ServerInterceptingCall(nextCall, {
      start(next) {
        next({
          onReceiveMetadata(metadata, proceed) {
            try {
              const checked = check(metadata);
              if (checked) checked.then(() => finished || proceed(metadata), refuse);
              else if (!finished) proceed(metadata);
            } catch (error) {
              refuse(error);
            }
          },
          onReceiveMessage(message, proceed) {
            try {
              countRequest();
              proceed(message);
            } catch (error) {
              refuse(error);
            }
          },
          onCancel() {
            // Also told of every answered call when its stream closes.
            if (finished) return;
            finish();
            end(new ChatError('cancelled', 'the call was cancelled'));
          },
        });
      },
      sendStatus(status, next) {
        finish();
        next(status);
      },
    });
  };
}

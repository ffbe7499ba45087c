import { ServerInterceptingCall, type Metadata, type ServerInterceptor } from '@grpc/grpc-js';
import { ChatError } from '../../shared/errors.js';
import type { Accounts } from '../accounts/accounts.js';
import type { ConnectionKey } from '../net/connections.js';
import { credentialsIn } from './credentials.js';
import { statusOf } from './grpc-status.js';
import { onAbort } from '../async/on-abort.js';
import type { OpenCall, OpenCalls } from './open-calls.js';
import type { PublicMethods } from './public-methods.js';

/** Who makes a call, and when it is over. */
export type Caller = {
  /** The account's name. */
  readonly name: string;
  /** Aborts when the caller goes away, its account changes or the server stops; the reason is a `ChatError`. */
  readonly signal: AbortSignal;
  /**
   * Sends one message of a stream; `taken` is called once the connection has it. It goes past the queue that
   * grpc-js keeps for each stream: who waits for `taken` needs none, and at each delivery it would cost.
   */
  readonly send: (message: Uint8Array, taken: () => void) => void;
};

/** What the interceptor works with. */
export type InterceptorOptions = {
  readonly accounts: Pick<Accounts, 'authenticate'>;
  readonly openCalls: OpenCalls;
  readonly publicMethods: PublicMethods;
  /** Told at each call which connection it came by, before anything is checked. */
  readonly onCall: (connection: ConnectionKey) => void;
  /** Told about each call that is refused before it reaches its handler. */
  readonly onRefused: (error: ChatError, address: string) => void;
};

// A call is known to its interceptor and to its handler by the same metadata object.
const callers = new WeakMap<Metadata, Caller>();

/** Who makes the call with this metadata. Throws `internal` for a call that passed no login. */
export function callerOf(metadata: Metadata): Caller {
  const caller = callers.get(metadata);
  if (!caller) throw new ChatError('internal', 'the call has passed no login');
  return caller;
}

/**
 * Checks every call's login when its metadata is there, before its body is read, and keeps `openCalls`:
 * grpc-js asks for the body only once the metadata was passed on.
 */
export function createCallInterceptor(options: InterceptorOptions): ServerInterceptor {
  const { accounts, openCalls, publicMethods } = options;
  return (method, nextCall) => {
    const connection = nextCall.getConnectionInfo();
    const address = connection.remoteAddress ?? 'unknown';
    const controller = new AbortController();
    const { signal } = controller;
    const end = (reason: ChatError): void => controller.abort(reason);
    const openCall: OpenCall = { streams: method.responseStream, end };
    let finished = false;
    // Until a handler has the call, and for one of a library, the signal ends it here.
    let release = onAbort(signal, () => refuse(signal.reason));

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
    const checkPublic = (): void => {
      const { request, leave } = publicMethods.enter(address);
      countRequest = request;
      const stopListening = release;
      release = () => {
        stopListening();
        leave();
      };
    };
    const checkLogin = async (metadata: Metadata): Promise<void> => {
      openCalls.checkOpen();
      const { name, revoked } = await accounts.authenticate(credentialsIn(metadata, address));
      if (finished) return;
      release();
      release = onAbort(revoked, () => end(new ChatError('login-refused', 'the account has changed')));
      const send: Caller['send'] = (message, taken) => nextCall.sendMessage(message, taken);
      callers.set(metadata, { name, signal, send });
    };
    const check = async (metadata: Metadata): Promise<void> => {
      options.onCall(connection);
      openCalls.add(openCall);
      if (publicMethods.includes(method.path)) checkPublic();
      else await checkLogin(metadata);
    };

    return new ServerInterceptingCall(nextCall, {
      start(next) {
        next({
          onReceiveMetadata(metadata, proceed) {
            check(metadata).then(() => finished || proceed(metadata), refuse);
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

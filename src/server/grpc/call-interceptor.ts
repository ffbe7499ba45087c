import {
  ServerInterceptingCall,
  type Metadata,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
} from '@grpc/grpc-js';
import type { Http2Session } from 'node:http2';
import type { Clock } from '../../shared/clock.js';
import { ChatError } from '../../shared/errors.js';
import { metadataKeys } from '../../shared/services.js';
import type { Accounts, Login } from '../accounts/accounts.js';
import { onAbort } from '../../shared/async/on-abort.js';
import type { CallLimits } from '../limits/call-limits.js';
import type { IncomingRequests } from '../limits/incoming-requests.js';
import type { OutgoingMessages } from '../limits/outgoing-messages.js';
import type { ConnectionKey } from '../net/connections.js';
import { streamOf } from './call-stream.js';
import { setCaller } from './caller.js';
import { credentialsIn } from './credentials.js';
import { statusOf, withPlainText } from './grpc-status.js';
import type { OpenCall, OpenCalls } from './open-calls.js';
import { maxPublicRequests, type PublicMethods } from './public-methods.js';
import { responseWriter } from './response-writer.js';

/** What the interceptor works with. */
export type InterceptorOptions = {
  readonly accounts: Pick<Accounts, 'authenticate'>;
  readonly openCalls: OpenCalls;
  readonly publicMethods: PublicMethods;
  readonly limitsOf: (path: string) => CallLimits;
  readonly requests: IncomingRequests;
  readonly outgoing: OutgoingMessages;
  readonly clock: Clock;
  /** Told at each call which connection it came by, before anything is checked; gives the address it comes from. */
  readonly onCall: (connection: ConnectionKey) => string;
  /** Told once a call of this connection has passed its login. */
  readonly onLogin: (session: Http2Session | undefined) => void;
  /** Told about each call that is refused before it reaches its handler. */
  readonly onRefused: (error: ChatError, address: string) => void;
};

/**
 * Checks every call's login when its metadata is there, bounds what its request costs, and keeps `openCalls`. All sends
 * pass here, so it makes nothing that only some calls need: an `AbortController` for each would cost more than the message.
 */
export function createCallInterceptor(options: InterceptorOptions): ServerInterceptor {
  const { accounts, openCalls, publicMethods, limitsOf, requests, outgoing, clock } = options;
  return (method, nextCall) => {
    const stream = streamOf(nextCall);
    const address = options.onCall(nextCall.getConnectionInfo());
    const isPublic = publicMethods.includes(method.path);
    const streams = method.requestStream || method.responseStream;
    const life = createCallLife((error) => {
      options.onRefused(error, address);
      sendStatus(nextCall, error);
    });
    const openCall: OpenCall = { streams: method.responseStream, end: life.end };
    const limits = limitsOf(method.path);
    const request = requests.open({
      stream,
      address,
      path: method.path,
      limits: isPublic && streams ? { ...limits, maxMessages: maxPublicRequests } : limits,
      needsLogin: !isPublic,
      onRefused: life.refuse,
    });
    openCalls.add(openCall);
    life.onFinish(() => openCalls.delete(openCall));
    life.onFinish(() => request.end());

    const enterPublic = (): void => {
      life.onFinish(publicMethods.enter({ address, streams, evict: life.refuse }));
    };
    /** A promise where the request must wait for memory. */
    const enter = (metadata: Metadata, login: Login): Promise<void> | undefined => {
      const { name, revoked } = login;
      life.setLogin(login);
      options.onLogin(stream.session);
      if (method.responseStream) {
        life.onFinish(onAbort(revoked, () => life.end(accountChanged())));
        // It is kept as long as the stream is, and nobody needs the password any more.
        metadata.remove(metadataKeys.userPassword);
      }
      setCaller(metadata, {
        name,
        metadata,
        get signal() {
          return life.signal();
        },
        get send() {
          return responseWriter({ call: nextCall, stream, owner: name, outgoing, clock });
        },
      });
      return request.admit(name);
    };
    /** No promise where the call may go on at once. */
    const authenticate = (metadata: Metadata): Promise<void> | undefined => {
      if (isPublic) {
        enterPublic();
        return undefined;
      }
      openCalls.checkOpen();
      const login = accounts.authenticate(credentialsIn(metadata, address));
      if (!(login instanceof Promise)) return enter(metadata, login);
      // What the client announces is known by the time its password is checked.
      stream.resume();
      return login.then((checked) => (life.isFinished() ? undefined : enter(metadata, checked)));
    };

    return new ServerInterceptingCall(nextCall, {
      start(next) {
        next({
          onReceiveMetadata(metadata, proceed) {
            try {
              const waiting = authenticate(metadata);
              if (waiting) waiting.then(() => life.isFinished() || proceed(metadata), life.refuse);
              else if (!life.isFinished()) proceed(metadata);
            } catch (error) {
              life.refuse(error);
            }
          },
          onReceiveHalfClose(proceed) {
            if (life.startHandling()) proceed();
          },
          onCancel: () => life.cancel(),
        });
      },
      sendMetadata(metadata, next) {
        metadata.set('grpc-accept-encoding', 'identity');
        next(metadata);
      },
      sendStatus(status, next) {
        next(withPlainText(status));
        life.finish();
      },
    });
  };
}

/** A call from its headers to its status. */
type CallLife = {
  setLogin(login: Login): void;
  /** The request is complete. False: the call was refused, since its account has changed meanwhile. */
  startHandling(): boolean;
  /** Answers a call that no handler has. */
  readonly refuse: (thrown: unknown) => void;
  /** Ends the call: a handler that has it answers, since its signal aborts. */
  readonly end: (reason: ChatError) => void;
  /** The client went away. */
  cancel(): void;
  finish(): void;
  isFinished(): boolean;
  /** `task` runs once, when the call is finished. */
  onFinish(task: () => void): void;
  signal(): AbortSignal;
};

function createCallLife(onRefused: (error: ChatError) => void): CallLife {
  let tasks: (() => void)[] = [];
  let controller: AbortController | undefined;
  let ended: ChatError | undefined;
  let finished = false;
  let handled = false;
  let login: Login | undefined;

  const finish = (): void => {
    if (finished) return;
    finished = true;
    const now = tasks;
    tasks = [];
    for (const task of now) task();
  };
  const refuse = (thrown: unknown): void => {
    if (finished) return;
    const error = ChatError.from(thrown);
    onRefused(error);
    finish();
    controller?.abort(error);
  };
  const end = (reason: ChatError): void => {
    ended ??= reason;
    controller?.abort(ended);
    if (!handled) refuse(ended);
  };

  return {
    refuse,
    end,
    finish,
    isFinished: () => finished,
    setLogin(checked) {
      login = checked;
    },
    startHandling() {
      if (finished) return false;
      if (login?.revoked.aborted) refuse(accountChanged());
      handled = login !== undefined && !finished;
      return !finished;
    },
    cancel() {
      // Also told of every answered call when its stream closes.
      if (finished) return;
      finish();
      end(new ChatError('cancelled', 'the call was cancelled'));
    },
    onFinish(task) {
      if (finished) task();
      else tasks.push(task);
    },
    signal() {
      controller ??= new AbortController();
      if (ended) controller.abort(ended);
      return controller.signal;
    },
  };
}

function accountChanged(): ChatError {
  return new ChatError('login-refused', 'the account has changed');
}

function sendStatus(call: ServerInterceptingCallInterface, error: ChatError): void {
  call.sendStatus(withPlainText(statusOf(error)));
}

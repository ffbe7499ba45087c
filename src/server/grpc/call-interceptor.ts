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
    const life = new CallLife((error) => {
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
        get writer() {
          return responseWriter({ call: nextCall, stream, owner: name, outgoing, clock });
        },
      });
      return request.admit(name);
    };
    /** No promise where the call may go on at once. */
    const authenticate = (metadata: Metadata): Promise<void> | undefined => {
      if (isPublic) {
        request.holdUnchecked();
        enterPublic();
        return undefined;
      }
      openCalls.checkOpen();
      const login = accounts.authenticate(credentialsIn(metadata, address));
      if (!(login instanceof Promise)) return enter(metadata, login);
      request.holdUnchecked();
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
        // An answer without a stream is over by then.
        if (method.responseStream) metadata.set('grpc-accept-encoding', 'identity');
        next(metadata);
      },
      sendStatus(status, next) {
        next(withPlainText(status));
        life.finish();
      },
    });
  };
}

/** A call from its headers to its status. A class, since every message passes here. */
class CallLife {
  readonly #onRefused: (error: ChatError) => void;
  #tasks: (() => void)[] = [];
  #controller: AbortController | undefined;
  #ended: ChatError | undefined;
  #finished = false;
  #handled = false;
  #login: Login | undefined;

  constructor(onRefused: (error: ChatError) => void) {
    this.#onRefused = onRefused;
  }

  isFinished(): boolean {
    return this.#finished;
  }

  setLogin(login: Login): void {
    this.#login = login;
  }

  /** `task` runs once, when the call is finished. */
  onFinish(task: () => void): void {
    if (this.#finished) task();
    else this.#tasks.push(task);
  }

  finish(): void {
    if (this.#finished) return;
    this.#finished = true;
    const tasks = this.#tasks;
    this.#tasks = [];
    for (const task of tasks) task();
  }

  /** The request is complete. False: the call was refused, since its account has changed meanwhile. */
  startHandling(): boolean {
    if (this.#login?.revoked.aborted) this.refuse(accountChanged());
    this.#handled = this.#login !== undefined && !this.#finished;
    return !this.#finished;
  }

  /** Answers a call that no handler has. */
  readonly refuse = (thrown: unknown): void => {
    if (this.#finished) return;
    const error = ChatError.from(thrown);
    this.#onRefused(error);
    this.finish();
    this.#controller?.abort(error);
  };

  /** Ends the call: a handler that has it answers, since its signal aborts. */
  readonly end = (reason: ChatError): void => {
    this.#ended ??= reason;
    this.#controller?.abort(this.#ended);
    if (!this.#handled) this.refuse(this.#ended);
  };

  /** The client went away. Every answered call is told so too, when its stream closes. */
  cancel(): void {
    if (this.#finished) return;
    this.finish();
    this.end(new ChatError('cancelled', 'the call was cancelled'));
  }

  signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#ended) this.#controller.abort(this.#ended);
    return this.#controller.signal;
  }
}

function accountChanged(): ChatError {
  return new ChatError('login-refused', 'the account has changed');
}

function sendStatus(call: ServerInterceptingCallInterface, error: ChatError): void {
  call.sendStatus(withPlainText(statusOf(error)));
}

import {
  ServerInterceptingCall,
  type Metadata,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
} from '@grpc/grpc-js';
import type { Http2Session, ServerHttp2Stream } from 'node:http2';
import type { Clock } from '../../shared/clock.js';
import { ChatError } from '../../shared/errors.js';
import { metadataKeys } from '../../shared/services.js';
import type { Authenticator, Credentials, Login } from '../accounts/authenticator.js';
import { onAbort } from '../../shared/async/on-abort.js';
import type { CallLimits } from '../limits/call-limits.js';
import type { IncomingRequests } from '../limits/incoming-requests.js';
import type { OutgoingMessages } from '../limits/outgoing-messages.js';
import type { ConnectionKey } from '../net/connections.js';
import { CallLifecycle } from './call-lifecycle.js';
import { setCaller } from './caller.js';
import { withPlainText } from './grpc-status.js';
import type { InFlightCalls } from './in-flight-calls.js';
import { maxUnauthenticatedRequests, type UnauthenticatedMethods } from './unauthenticated-methods.js';
import { ResponseWriter } from './response-writer.js';

type InterceptorOptions = {
  readonly accounts: Pick<Authenticator, 'authenticate'>;
  readonly inFlightCalls: InFlightCalls;
  readonly unauthenticatedMethods: UnauthenticatedMethods;
  readonly limitsOf: (path: string) => CallLimits;
  readonly requests: IncomingRequests;
  readonly outgoing: OutgoingMessages;
  readonly clock: Clock;
  /** Called for each call before any check. Returns the address of the client. */
  readonly onCall: (connection: ConnectionKey) => string;
  readonly onLogin: (session: Http2Session | undefined) => void;
  /** Called for each call that is rejected before its handler runs. */
  readonly onRejected: (error: ChatError, address: string) => void;
};

/** Checks the login of each call and limits its request. Creates what only some calls need on demand, since that is slow. */
export function createCallInterceptor(options: InterceptorOptions): ServerInterceptor {
  const { accounts, inFlightCalls, unauthenticatedMethods, limitsOf, requests, outgoing, clock } = options;
  return (method, nextCall) => {
    const stream = streamOf(nextCall);
    const address = options.onCall(nextCall.getConnectionInfo());
    const isUnauthenticated = unauthenticatedMethods.includes(method.path);
    const streams = method.requestStream || method.responseStream;
    const life = new CallLifecycle({
      call: nextCall,
      streams: method.responseStream,
      inFlightCalls,
      onRejected: (error) => options.onRejected(error, address),
    });
    const limits = limitsOf(method.path);
    const request = requests.open({
      stream,
      address,
      path: method.path,
      limits: isUnauthenticated && streams ? { ...limits, maxMessages: maxUnauthenticatedRequests } : limits,
      needsLogin: !isUnauthenticated,
      call: life,
    });
    life.setRequest(request);

    /** Returns a promise only if the request must wait for memory. */
    const begin = (metadata: Metadata, login: Login): Promise<void> | undefined => {
      const { account, name, revoked } = login;
      life.setLogin(login);
      options.onLogin(stream.session);
      if (method.responseStream) {
        life.onFinish(onAbort(revoked, () => life.end(ChatError.from(revoked.reason))));
        // The metadata is kept until the stream ends; the password is no longer needed.
        metadata.remove(metadataKeys.userPassword);
      }
      setCaller(metadata, {
        account,
        name,
        metadata,
        get signal() {
          return life.signal();
        },
        get writer() {
          return new ResponseWriter(name, { call: nextCall, stream, outgoing, clock });
        },
        finishMessages: (count) => request.finishMessages(count),
      });
      const waiting = request.admit(name);
      if (method.requestStream) life.startHandling();
      return waiting;
    };
    const authenticate = (metadata: Metadata): Promise<void> | undefined => {
      if (isUnauthenticated) {
        request.holdUnchecked();
        life.onFinish(unauthenticatedMethods.begin({ address, streams, call: life }));
        return undefined;
      }
      inFlightCalls.checkNotDraining();
      const login = accounts.authenticate(credentialsIn(metadata, address));
      if (!(login instanceof Promise)) return begin(metadata, login);
      request.holdUnchecked();
      if (!method.requestStream) stream.resume();
      return login.then((checked) => (life.isFinished() ? undefined : begin(metadata, checked)));
    };

    return new ServerInterceptingCall(nextCall, {
      start(next) {
        next({
          onReceiveMetadata(metadata, proceed) {
            try {
              const waiting = authenticate(metadata);
              if (waiting)
                waiting.then(
                  () => life.isFinished() || proceed(metadata),
                  (error: unknown) => life.reject(error),
                );
              else if (!life.isFinished()) proceed(metadata);
            } catch (error) {
              life.reject(error);
            }
          },
          onReceiveHalfClose(proceed) {
            if (method.responseStream) request.finishReading();
            if (method.requestStream || life.startHandling()) proceed();
          },
          onCancel: () => life.cancel(),
        });
      },
      sendMetadata(metadata, next) {
        // Only streams: an answer without one has been sent by then.
        if (method.responseStream) metadata.set('grpc-accept-encoding', 'identity');
        next(metadata);
      },
      sendStatus(status, next) {
        // The handler of a rejected stream of requests ends too.
        if (method.requestStream && life.isFinished()) return;
        next(withPlainText(status));
        life.finish();
      },
    });
  };
}

/** Of repeated names the last one counts, as in the Qt reference server. Node joins them with a comma; no name contains one. */
function credentialsIn(metadata: Metadata, address: string): Credentials {
  const names = textIn(metadata, metadataKeys.userName).split(/, ?/);
  const password = textIn(metadata, metadataKeys.userPassword);
  return {
    name: names.at(-1) ?? '',
    password: names.length > 1 ? (password.split(/, ?/).at(-1) ?? '') : password,
    address,
  };
}

function textIn(metadata: Metadata, key: string): string {
  const value = metadata.get(key).at(-1);
  return typeof value === 'string' ? value : '';
}

/** The HTTP/2 stream of a call, a private field of the innermost call of grpc-js 1.14 (ADR 21). */
function streamOf(call: ServerInterceptingCallInterface): ServerHttp2Stream {
  const stream: unknown = Reflect.get(call, 'stream');
  if (!isServerStream(stream))
    throw new ChatError('internal', 'this version of grpc-js keeps the HTTP/2 stream of a call elsewhere');
  return stream;
}

function isServerStream(value: unknown): value is ServerHttp2Stream {
  if (typeof value !== 'object' || value === null) return false;
  const { headersSent, write } = value as Partial<ServerHttp2Stream>;
  return typeof headersSent === 'boolean' && typeof write === 'function';
}

import { Server, ServerCredentials, type ServerInterceptor } from '@grpc/grpc-js';
import type { Socket } from 'node:net';
import type { Http2Session } from 'node:http2';
import type { Clock } from '../../shared/clock.js';
import type { ContentLimits } from '../../shared/message-rules.js';
import { maxRequestBytes, maxStreamsPerConnection } from '../limits/call-limits.js';
import type { ConnectionKey } from '../net/connections.js';
import { watchHttp2Sessions } from './http2-sessions.js';

/** A gRPC server that does not listen: it serves the connections it is given. */
export type GrpcServer = {
  readonly server: Server;
  accept(connection: Socket): void;
  /** Lets a connection send faster once a login has succeeded on it. */
  widen(session: Http2Session): void;
  close(): Promise<void>;
};

/** How often each connection is pinged, and how long it may take to answer. */
export type Keepalive = { readonly intervalMs: number; readonly timeoutMs: number };

// Together they detect a dead peer within 35 s.
const defaultKeepalive: Keepalive = { intervalMs: 25_000, timeoutMs: 10_000 };

type GrpcServerOptions = {
  readonly limits: ContentLimits;
  readonly interceptors: ServerInterceptor[];
  readonly keepalive?: Keepalive | undefined;
  readonly clock: Clock;
  readonly onBrokenConnection: (connection: ConnectionKey) => void;
};

/** Does not use grpc-js to listen, which binds one address of `localhost` and cannot replace its certificate. */
export function createGrpcServer(options: GrpcServerOptions): GrpcServer {
  const { limits, interceptors, keepalive = defaultKeepalive, clock, onBrokenConnection } = options;
  const server = new Server({
    interceptors,
    'grpc.max_concurrent_streams': maxStreamsPerConnection,
    'grpc.max_receive_message_length': maxRequestBytes(limits),
    'grpc.keepalive_time_ms': keepalive.intervalMs,
    'grpc.keepalive_timeout_ms': keepalive.timeoutMs,
    'grpc.enable_channelz': 0,
  });
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  const sessions = watchHttp2Sessions(server, { clock, onBroken: onBrokenConnection });
  return {
    server,
    accept: (connection) => injector.injectConnection(connection),
    widen: (session) => sessions.widen(session),
    close: () =>
      new Promise((resolve, reject) => {
        server.tryShutdown((error) => (error ? reject(error) : resolve()));
      }),
  };
}

import { Server, ServerCredentials, type ServerInterceptor } from '@grpc/grpc-js';
import type { Socket } from 'node:net';
import type { Http2Session } from 'node:http2';
import type { Clock } from '../../shared/clock.js';
import type { ContentLimits } from '../../shared/message-rules.js';
import { maxRequestBytes, maxStreamsPerConnection } from '../limits/call-limits.js';
import { watchHttp2Sessions } from './http2-sessions.js';

/** A gRPC server on connections that someone else accepted. */
export type GrpcServer = {
  readonly server: Server;
  accept(connection: Socket): void;
  /** A call of this connection has passed its login: from now on it may send faster. */
  widen(session: Http2Session): void;
  /** Takes no more calls; resolves when those under way have ended. */
  close(): Promise<void>;
};

/** How often each connection is asked for a sign of life, and how long it may take, in milliseconds. */
export type Keepalive = { readonly interval: number; readonly timeout: number };

// Together they find a dead peer within 40 s.
const defaultKeepalive: Keepalive = { interval: 25_000, timeout: 10_000 };

/** What a server is made with. */
export type GrpcServerOptions = {
  readonly limits: ContentLimits;
  readonly interceptors: ServerInterceptor[];
  readonly keepalive?: Keepalive | undefined;
  readonly clock: Clock;
  /** Called with the address of each connection that was closed because of its headers. */
  readonly onBrokenConnection: (address: string) => void;
};

/**
 * Makes the server. It does not listen by itself: grpc-js binds only one address of `localhost`, says nothing of
 * who connects and keeps its certificate, so connections are accepted by us and handed in.
 */
export function createGrpcServer(options: GrpcServerOptions): GrpcServer {
  const { limits, interceptors, keepalive = defaultKeepalive, clock, onBrokenConnection } = options;
  const server = new Server({
    interceptors,
    'grpc.max_concurrent_streams': maxStreamsPerConnection,
    'grpc.max_receive_message_length': maxRequestBytes(limits),
    'grpc.keepalive_time_ms': keepalive.interval,
    'grpc.keepalive_timeout_ms': keepalive.timeout,
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

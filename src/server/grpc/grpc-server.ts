import { Server, ServerCredentials, type ServerInterceptor } from '@grpc/grpc-js';
import type { Socket } from 'node:net';
import type { ContentLimits } from '../../shared/message-rules.js';

/** A gRPC server on connections that someone else accepted. */
export type GrpcServer = {
  readonly server: Server;
  accept(connection: Socket): void;
  /** Takes no more calls; resolves when those under way have ended. */
  close(): Promise<void>;
};

/** A call's streams share its connection; nobody needs more at once. */
const maxStreams = 32;

/** How often each connection is asked for a sign of life, and how long it may take, in milliseconds. */
export type Keepalive = { readonly interval: number; readonly timeout: number };

// Together they find a dead peer within 40 s.
const usualKeepalive: Keepalive = { interval: 25_000, timeout: 10_000 };

/** What a server is made with. */
export type GrpcServerOptions = {
  readonly limits: ContentLimits;
  readonly interceptors: ServerInterceptor[];
  readonly keepalive?: Keepalive | undefined;
};

/**
 * Makes the server. It does not listen by itself: grpc-js binds only one address of `localhost`, says nothing of
 * who connects and keeps its certificate, so connections are accepted by us and handed in.
 */
export function createGrpcServer(options: GrpcServerOptions): GrpcServer {
  const { limits, interceptors, keepalive = usualKeepalive } = options;
  const server = new Server({
    interceptors,
    'grpc.max_concurrent_streams': maxStreams,
    // Twice what is allowed, so that it is our answer that names limit and size.
    'grpc.max_receive_message_length': 2 * Math.max(limits.maxImage, limits.maxText),
    'grpc.keepalive_time_ms': keepalive.interval,
    'grpc.keepalive_timeout_ms': keepalive.timeout,
    'grpc.enable_channelz': 0,
  });
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  return {
    server,
    accept: (connection) => injector.injectConnection(connection),
    close: () =>
      new Promise((resolve, reject) => {
        server.tryShutdown((error) => (error ? reject(error) : resolve()));
      }),
  };
}

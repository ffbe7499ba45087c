import type { Socket } from 'node:net';
import { Client, connectivityState, logVerbosity, setLogVerbosity, type ChannelOptions } from '@grpc/grpc-js';
import { ChatError } from '../../shared/errors.js';
import { hostAndPort, isLoopback, type Address } from '../address.js';
import { openTls, type Trust } from './open-tls.js';
import { SocketCredentials } from './socket-credentials.js';

/** A grpc-js client on a connection of its own. */
export type Channel = {
  readonly client: Client;
  /** Whether the other side speaks HTTP/2 with us just now. */
  isReady(): boolean;
  /** Whether it ever did: before that no call has left. */
  hasBeenReady(): boolean;
  /** Why TLS failed on it last. */
  tlsFailure(): ChatError | undefined;
  /** No new calls; those under way go on. */
  abandon(): void;
};

/** Where a channel leads. */
export type ChannelTarget = {
  readonly address: Address;
  readonly trust: Trust;
  readonly deadLinkMs: number;
};

/** How often a channel makes sure that the other side is there. */
export type Pings = 'often' | 'seldom';

/** A dead link is found within these milliseconds where it is pinged often. */
export const usualDeadLinkMs = 20_000;

/** gRPC servers in C++ end connections that ping more often than every 5 minutes. */
const seldom: ChannelOptions = { 'grpc.keepalive_time_ms': 300_000, 'grpc.keepalive_timeout_ms': 20_000 };

/** A ping after three quarters of the time in silence, the last quarter is for its answer. */
function often(deadLinkMs: number): ChannelOptions {
  return {
    'grpc.keepalive_time_ms': (deadLinkMs * 3) / 4,
    'grpc.keepalive_timeout_ms': deadLinkMs / 4,
  };
}

/** Enough for a reference server's whole history in one message. */
const maxReceive = 64 * 1024 * 1024;

/** Opens a channel; it connects with its first call. */
export function openChannel({ address, trust, deadLinkMs }: ChannelTarget, pings: Pings): Channel {
  // Its logger writes to stderr, which may be a full screen. What matters comes as errors.
  setLogVerbosity(logVerbosity.NONE);
  let tlsFailure: ChatError | undefined;
  let newest: Socket | undefined;
  let isAbandoned = false;

  async function prepare(socket: Socket): Promise<Socket> {
    if (isAbandoned) throw new ChatError('cancelled', 'cancelled');
    newest = socket;
    if (!address.tls) return socket;
    try {
      return await openTls(socket, address, trust);
    } catch (thrown) {
      tlsFailure = ChatError.from(thrown);
      throw thrown;
    }
  }

  const client = new Client(`dns:${hostAndPort(address)}`, new SocketCredentials(address.tls, prepare), {
    ...(pings === 'often' ? often(deadLinkMs) : seldom),
    'grpc.max_receive_message_length': maxReceive,
    // Otherwise channels share connections, and with them a back-off that hides a server that came back.
    'grpc.use_local_subchannel_pool': 1,
    // What is sent again is decided by the session, which knows whether it may be.
    'grpc.enable_retries': 0,
    'grpc.service_config_disable_resolution': 1,
    // A proxy set in the environment leads elsewhere, never to this machine.
    'grpc.enable_http_proxy': isLoopback(address.host) ? 0 : 1,
  });
  const state = (): connectivityState => client.getChannel().getConnectivityState(false);
  let hasBeenReady = false;

  function watchUntilReady(): void {
    client.getChannel().watchConnectivityState(state(), Infinity, () => {
      hasBeenReady = state() === connectivityState.READY;
      if (!hasBeenReady && state() !== connectivityState.SHUTDOWN) watchUntilReady();
    });
  }
  watchUntilReady();

  return {
    client,
    isReady: () => state() === connectivityState.READY,
    hasBeenReady: () => hasBeenReady,
    tlsFailure: () => tlsFailure,
    abandon() {
      isAbandoned = true;
      // grpc-js would leave a connection open whose other side never speaks.
      if (state() === connectivityState.CONNECTING) newest?.destroy();
      client.close();
    },
  };
}

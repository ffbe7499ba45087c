import type { Socket } from 'node:net';
import {
  Client,
  connectivityState,
  logVerbosity,
  setLogVerbosity,
  type ChannelOptions,
  CallCredentials,
  ChannelCredentials,
} from '@grpc/grpc-js';
import { ChatError } from '../../../shared/errors.js';
import { hostAndPort, type Address } from '../address.js';
import { openTunnel } from '../transport/proxy-tunnel.js';
import type { Proxy } from '../transport/proxy.js';
import { openTls, type Trust } from '../transport/tls.js';
import { refuseCompression } from './refuse-compression.js';

type Connector = ReturnType<ChannelCredentials['_createSecureConnector']>;

/** Makes a connected socket ready for HTTP/2, or rejects. */
type PrepareSocket = (socket: Socket) => Promise<Socket>;

/**
 * Credentials of our own making, since grpc-js's cannot pin a certificate in place of the checks of chain, name
 * and date, tell failures as text only, and hide a socket that waits for the other side for ever.
 */
class SocketCredentials extends ChannelCredentials {
  readonly #isSecure: boolean;
  readonly #prepare: PrepareSocket;

  constructor(isSecure: boolean, prepare: PrepareSocket) {
    super();
    this.#isSecure = isSecure;
    this.#prepare = prepare;
  }

  override _isSecure(): boolean {
    return this.#isSecure;
  }

  override _equals(other: ChannelCredentials): boolean {
    return other === this;
  }

  override _createSecureConnector(): Connector {
    return {
      // What this rejects with, grpc-js makes the call's status; it destroys the socket.
      connect: async (socket) => ({ socket: await this.#prepare(socket), secure: this.#isSecure }),
      waitForReady: () => Promise.resolve(),
      getCallCredentials: () => CallCredentials.createEmpty(),
      destroy: () => undefined,
    };
  }
}

/** A grpc-js client on a connection of its own. */
export type Channel = {
  readonly client: Client;
  /** Whether the other side speaks HTTP/2 with us just now. */
  isReady(): boolean;
  /** Whether it still tries to connect, so that no call has left. */
  isConnecting(): boolean;
  /** Whether it ever spoke HTTP/2: before that no call has left. */
  hasBeenReady(): boolean;
  /** Why the way through the proxy, or TLS, failed on it last. */
  openingFailure(): ChatError | undefined;
  /** No new calls; those under way go on. */
  abandon(): void;
};

/** Where a channel leads. */
export type ChannelTarget = {
  readonly address: Address;
  /** What the connection goes through. */
  readonly proxy?: Proxy | undefined;
  readonly trust: Trust;
  readonly deadLinkMs: number;
};

/** How often a channel makes sure that the other side is there. */
export type Pings = 'often' | 'seldom';

/** A dead link is found within these milliseconds where it is pinged often. */
export const defaultDeadLinkMs = 20_000;

/** gRPC servers in C++ end connections that ping more often than every 5 minutes. */
const seldom: ChannelOptions = { 'grpc.keepalive_time_ms': 300_000, 'grpc.keepalive_timeout_ms': 20_000 };

/** A ping after three quarters of the time in silence, the last quarter is for its answer. */
function often(deadLinkMs: number): ChannelOptions {
  return {
    'grpc.keepalive_time_ms': (deadLinkMs * 3) / 4,
    'grpc.keepalive_timeout_ms': deadLinkMs / 4,
  };
}

/** Enough for a reference server's whole history in one message, in bytes. */
export const maxReceive = 64 * 1024 * 1024;

/**
 * What a server may send before it hears from us, for each call and for all of them: a distance of 400 ms at 10 MB/s.
 * HTTP/2's own 64 KiB would cost a picture a round trip for each of them. It is memory that a server can make us hold.
 */
const flowControlWindow = 4 * 1024 * 1024;

/** Opens a channel; it connects with its first call. */
export function openChannel({ address, proxy, trust, deadLinkMs }: ChannelTarget, pings: Pings): Channel {
  // Its logger writes to stderr, which may be a full screen. What matters comes as errors.
  setLogVerbosity(logVerbosity.NONE);
  let openingFailure: ChatError | undefined;
  let newest: Socket | undefined;
  let isAbandoned = false;

  async function prepare(socket: Socket): Promise<Socket> {
    if (isAbandoned) throw new ChatError('cancelled', 'cancelled');
    newest = socket;
    try {
      const way = proxy ? await openTunnel(socket, proxy, address) : socket;
      return address.tls ? await openTls(way, address, trust) : way;
    } catch (thrown) {
      openingFailure = ChatError.from(thrown);
      throw thrown;
    }
  }

  const client = new Client(
    `dns:${hostAndPort(proxy ?? address)}`,
    new SocketCredentials(address.tls, prepare),
    {
      ...(pings === 'often' ? often(deadLinkMs) : seldom),
      'grpc.max_receive_message_length': maxReceive,
      'grpc-node.flow_control_window': flowControlWindow,
      // Otherwise channels share connections, and with them a back-off that hides a server that came back.
      'grpc.use_local_subchannel_pool': 1,
      // What is sent again is decided by the session, which knows whether it may be.
      'grpc.enable_retries': 0,
      'grpc.service_config_disable_resolution': 1,
      // Its own support for proxies knows no TLS to the proxy, and hides why a proxy failed.
      'grpc.enable_http_proxy': 0,
      'grpc.default_authority': hostAndPort(address),
    },
  );
  refuseCompression(client);
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
    isConnecting: () => ![connectivityState.READY, connectivityState.SHUTDOWN].includes(state()),
    hasBeenReady: () => hasBeenReady,
    openingFailure: () => openingFailure,
    abandon() {
      isAbandoned = true;
      // grpc-js would leave a connection open whose other side never speaks.
      if (state() === connectivityState.CONNECTING) newest?.destroy();
      client.close();
    },
  };
}

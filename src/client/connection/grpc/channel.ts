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

type PrepareSocket = (socket: Socket) => Promise<Socket>;

/** Those of grpc-js cannot pin a certificate, report failures as text only, and hide a socket that never answers. */
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
      // grpc-js turns a rejection into the status of the call, and destroys the socket.
      connect: async (socket) => ({ socket: await this.#prepare(socket), secure: this.#isSecure }),
      waitForReady: () => Promise.resolve(),
      getCallCredentials: () => CallCredentials.createEmpty(),
      destroy: () => undefined,
    };
  }
}

/** A grpc-js client with its own connection. */
export type Channel = {
  readonly client: Client;
  /** Whether the HTTP/2 connection is established. Before that no call has been sent. */
  isReady(): boolean;
  isConnecting(): boolean;
  hasBeenReady(): boolean;
  /** The last failure of the proxy or of TLS. */
  openingFailure(): ChatError | undefined;
  /** Calls in flight continue; new ones fail. */
  abandon(): void;
};

/** Where a channel connects to. */
export type ChannelTarget = {
  readonly address: Address;
  readonly proxy?: Proxy | undefined;
  readonly trust: Trust;
  readonly deadLinkMs: number;
};

/** The rate of keepalive pings. */
export type Pings = 'often' | 'seldom';

export const defaultDeadLinkMs = 20_000;

/** gRPC servers in C++ close connections that ping more often than every 5 minutes. */
const seldom: ChannelOptions = { 'grpc.keepalive_time_ms': 300_000, 'grpc.keepalive_timeout_ms': 20_000 };

/** A ping after three quarters of the time; the last quarter is the timeout of its answer. */
function often(deadLinkMs: number): ChannelOptions {
  return {
    'grpc.keepalive_time_ms': (deadLinkMs * 3) / 4,
    'grpc.keepalive_timeout_ms': deadLinkMs / 4,
  };
}

/** A reference server sends its whole history in one message. */
export const maxReceiveBytes = 64 * 1024 * 1024;

/** Enough for 400 ms of latency at 10 MB/s. With the default, an image would take a round trip per 64 KiB. */
const flowControlBytes = 4 * 1024 * 1024;

/** The channel connects with its first call. */
export function openChannel({ address, proxy, trust, deadLinkMs }: ChannelTarget, pings: Pings): Channel {
  // The logger of grpc-js writes to stderr, which may be a full-screen terminal.
  setLogVerbosity(logVerbosity.NONE);
  let openingFailure: ChatError | undefined;
  let newest: Socket | undefined;
  let isAbandoned = false;

  async function prepare(socket: Socket): Promise<Socket> {
    if (isAbandoned) throw new ChatError('cancelled', 'cancelled');
    newest = socket;
    try {
      const tunnel = proxy ? await openTunnel(socket, proxy, address) : socket;
      return address.tls ? await openTls(tunnel, address, trust) : tunnel;
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
      'grpc.max_receive_message_length': maxReceiveBytes,
      'grpc-node.flow_control_window': flowControlBytes,
      // Otherwise channels share connections and their backoff, which hides a server that is back.
      'grpc.use_local_subchannel_pool': 1,
      'grpc.enable_retries': 0,
      'grpc.service_config_disable_resolution': 1,
      // grpc-js does not support TLS to a proxy, and hides why a proxy failed.
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
      // grpc-js would keep a connection open whose other end never answers.
      if (state() === connectivityState.CONNECTING) newest?.destroy();
      client.close();
    },
  };
}

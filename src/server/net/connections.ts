import type { Socket } from 'node:net';
import type { Clock } from '../../shared/clock.js';
import type { AddressLimits } from './address-limits.js';

/** Identifies a connection in terms of both sockets and grpc-js calls. */
export type ConnectionKey = {
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
  readonly localAddress?: string | undefined;
};

/** The accepted connections. */
export type Connections = {
  /** False: closed at once, there are too many. `address`: the client's, if a load balancer is in between. */
  accept(socket: Socket, address?: string): boolean;
  /** Ends the wait for the first call. Returns the client's address. */
  noteCall(connection: ConnectionKey): string;
  /** The client's address, also behind a load balancer. */
  addressOf(connection: ConnectionKey): string;
  count(): number;
  allClosed(): Promise<void>;
  destroyAll(): void;
};

/** Until the first call on a connection, TLS handshake included. */
export const firstCallTimeoutMs = 15_000;

type ConnectionsOptions = {
  readonly limits: AddressLimits;
  readonly clock: Clock;
  readonly onRejected: (address: string) => void;
};

/** Creates the register of connections. */
export function createConnections({ limits, clock, onRejected }: ConnectionsOptions): Connections {
  const sockets = new Set<Socket>();
  const withoutCall = new Map<string, { readonly socket: Socket; readonly stopWaiting: () => void }>();
  /** Only connections through a load balancer. */
  const origins = new Map<string, { readonly socket: Socket; readonly address: string }>();
  let onLastClosed: (() => void)[] = [];

  const stopWaitingForCall = (key: string): void => {
    withoutCall.get(key)?.stopWaiting();
    withoutCall.delete(key);
  };

  const addressOf = (connection: ConnectionKey): string =>
    origins.get(keyOf(connection))?.address ?? connection.remoteAddress ?? 'unknown';

  return {
    addressOf,
    accept(socket, address = socket.remoteAddress ?? 'unknown') {
      const release = limits.countIn(address);
      if (!release) {
        onRejected(address);
        socket.destroy();
        return false;
      }
      const key = keyOf(socket);
      const stopWaiting = clock.after(firstCallTimeoutMs, () => socket.destroy());
      withoutCall.set(key, { socket, stopWaiting });
      if (address !== socket.remoteAddress) origins.set(key, { socket, address });
      sockets.add(socket);
      // Every error is followed by 'close'.
      socket.on('error', () => undefined);
      socket.once('close', () => {
        // Another connection may have the same key by now.
        if (withoutCall.get(key)?.socket === socket) stopWaitingForCall(key);
        if (origins.get(key)?.socket === socket) origins.delete(key);
        sockets.delete(socket);
        release();
        if (sockets.size > 0) return;
        for (const resolve of onLastClosed) resolve();
        onLastClosed = [];
      });
      return true;
    },
    noteCall(connection) {
      stopWaitingForCall(keyOf(connection));
      return addressOf(connection);
    },
    count: () => sockets.size,
    allClosed: () =>
      sockets.size === 0 ? Promise.resolve() : new Promise((resolve) => onLastClosed.push(resolve)),
    destroyAll() {
      for (const socket of sockets) socket.destroy();
    },
  };
}

function keyOf({ remoteAddress = '', remotePort = 0, localAddress = '' }: ConnectionKey): string {
  return `${remoteAddress} ${remotePort} ${localAddress}`;
}

import type { Socket } from 'node:net';
import type { Clock } from '../../shared/clock.js';
import type { AddressLimits } from './address-limits.js';

/** What tells one connection from another, as sockets and grpc-js calls name it. */
export type ConnectionKey = {
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
  readonly localAddress?: string | undefined;
};

/** Every accepted connection. */
export type Connections = {
  /** Takes a connection over, or closes it at once: there are too many. `address`: where it really comes from. */
  accept(socket: Socket, address?: string): boolean;
  /**
   * Says that a connection has made a call: from then on only its keepalive pings end it. Tells where it really comes
   * from: its other end may be a load balancer.
   */
  noteCall(connection: ConnectionKey): string;
  count(): number;
  /** Resolves when none is left. */
  allClosed(): Promise<void>;
  destroyAll(): void;
};

/** A connection that has not made a call after this many milliseconds, TLS handshake included, is closed. */
export const firstCallTimeoutMs = 15_000;

/** What connections are kept with. */
export type ConnectionsOptions = {
  readonly limits: AddressLimits;
  readonly clock: Clock;
  /** Told the address of each connection that was rejected. */
  readonly onRejected: (address: string) => void;
};

/** Makes the register of connections. */
export function createConnections({ limits, clock, onRejected }: ConnectionsOptions): Connections {
  const sockets = new Set<Socket>();
  /** Those that have made no call yet. */
  const withoutCall = new Map<string, { readonly socket: Socket; readonly stopWaiting: () => void }>();
  /** Those that came by a load balancer. */
  const origins = new Map<string, { readonly socket: Socket; readonly address: string }>();
  let onLastClosed: (() => void)[] = [];

  const stopWaitingForCall = (key: string): void => {
    withoutCall.get(key)?.stopWaiting();
    withoutCall.delete(key);
  };

  return {
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
        // Another connection may have the same ends by now.
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
      const key = keyOf(connection);
      stopWaitingForCall(key);
      return origins.get(key)?.address ?? connection.remoteAddress ?? 'unknown';
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

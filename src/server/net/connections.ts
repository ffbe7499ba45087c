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
  admit(socket: Socket, address?: string): boolean;
  /**
   * Says that a connection has made a call: from then on only its keepalive pings end it. Tells where it really comes
   * from: its other end may be a load balancer.
   */
  called(connection: ConnectionKey): string;
  count(): number;
  /** Resolves when none is left. */
  allClosed(): Promise<void>;
  destroyAll(): void;
};

/** A connection that has not made a call after this many milliseconds, TLS handshake included, is closed. */
export const firstCallTime = 15_000;

/** What connections are kept with. */
export type ConnectionsOptions = {
  readonly limits: AddressLimits;
  readonly clock: Clock;
  /** Told the address of each connection that was turned away. */
  readonly onTurnedAway: (address: string) => void;
};

/** Makes the register of connections. */
export function createConnections({ limits, clock, onTurnedAway }: ConnectionsOptions): Connections {
  const sockets = new Set<Socket>();
  /** Those that have made no call yet. */
  const silent = new Map<string, { readonly socket: Socket; readonly stopWaiting: () => void }>();
  /** Those that came by a load balancer. */
  const origins = new Map<string, { readonly socket: Socket; readonly address: string }>();
  let onLastClosed: (() => void)[] = [];

  const stopSilence = (key: string): void => {
    silent.get(key)?.stopWaiting();
    silent.delete(key);
  };

  return {
    admit(socket, address = socket.remoteAddress ?? 'unknown') {
      const leave = limits.admit(address);
      if (!leave) {
        onTurnedAway(address);
        socket.destroy();
        return false;
      }
      const key = textOf(socket);
      const stopWaiting = clock.after(firstCallTime, () => socket.destroy());
      silent.set(key, { socket, stopWaiting });
      if (address !== socket.remoteAddress) origins.set(key, { socket, address });
      sockets.add(socket);
      // Every error is followed by 'close'.
      socket.on('error', () => undefined);
      socket.once('close', () => {
        // Another connection may have the same ends by now.
        if (silent.get(key)?.socket === socket) stopSilence(key);
        if (origins.get(key)?.socket === socket) origins.delete(key);
        sockets.delete(socket);
        leave();
        if (sockets.size > 0) return;
        for (const resolve of onLastClosed) resolve();
        onLastClosed = [];
      });
      return true;
    },
    called(connection) {
      const key = textOf(connection);
      stopSilence(key);
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

function textOf({ remoteAddress = '', remotePort = 0, localAddress = '' }: ConnectionKey): string {
  return `${remoteAddress} ${remotePort} ${localAddress}`;
}

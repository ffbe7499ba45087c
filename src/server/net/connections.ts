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
  /** Takes a connection over, or closes it at once: there are too many. */
  admit(socket: Socket): boolean;
  /** Says that a connection has made a call: from then on only its keepalive pings end it. */
  called(connection: ConnectionKey): void;
  count(): number;
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
  const silent = new Map<string, () => void>();

  return {
    admit(socket) {
      const address = socket.remoteAddress ?? 'unknown';
      const leave = limits.admit(address);
      if (!leave) {
        onTurnedAway(address);
        socket.destroy();
        return false;
      }
      const key = textOf(socket);
      const stopWaiting = clock.after(firstCallTime, () => socket.destroy());
      silent.set(key, stopWaiting);
      sockets.add(socket);
      // Every error is followed by 'close'.
      socket.on('error', () => undefined);
      socket.once('close', () => {
        stopWaiting();
        if (silent.get(key) === stopWaiting) silent.delete(key);
        sockets.delete(socket);
        leave();
      });
      return true;
    },
    called(connection) {
      const key = textOf(connection);
      silent.get(key)?.();
      silent.delete(key);
    },
    count: () => sockets.size,
    destroyAll() {
      for (const socket of sockets) socket.destroy();
    },
  };
}

function textOf({ remoteAddress = '', remotePort = 0, localAddress = '' }: ConnectionKey): string {
  return `${remoteAddress} ${remotePort} ${localAddress}`;
}

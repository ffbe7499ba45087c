import type { Socket } from 'node:net';
import type { Clock } from '../../shared/clock.js';
import type { AddressRanges } from './address-ranges.js';
import { maxProxyHeaderBytes, readProxyHeader, type ProxyReading } from './proxy-header.js';

/** What becomes of connections, of which some come through load balancers. */
export type ProxiedConnectionsOptions = {
  /** Who sends a PROXY header, and is believed; undefined: nobody. */
  readonly from: AddressRanges | undefined;
  /** How many connections may be without their header at once. */
  readonly most: number;
  readonly clock: Clock;
  /** Takes a connection and the address that it comes from. */
  readonly onConnection: (socket: Socket, address: string | undefined) => void;
  /** A load balancer's connection was closed, since it brought no header in time, or none that can be read. */
  readonly onRefused: (address: string) => void;
};

/** Learns where connections come from. */
export type ProxiedConnections = {
  accept(socket: Socket): void;
  /** Closes what has not brought its header yet. */
  close(): void;
};

/** A load balancer sends the header at once; after this many milliseconds it has none. */
export const proxyHeaderTimeoutMs = 5000;

/**
 * Reads the PROXY header of connections from the listed addresses, which must bring one. All others are who they seem:
 * what they send is never read as a header, so nobody else can claim an address.
 */
export function acceptProxied(options: ProxiedConnectionsOptions): ProxiedConnections {
  const { from, most, clock, onConnection, onRefused } = options;
  const waiting = new Set<Socket>();

  function readHeader(socket: Socket, proxy: string): void {
    let bytes = Buffer.alloc(0);
    const cancel = clock.after(proxyHeaderTimeoutMs, refuse);
    waiting.add(socket);
    socket.on('readable', read).on('end', refuse).once('close', stop);

    function stop(): void {
      cancel();
      waiting.delete(socket);
      socket.off('readable', read).off('end', refuse).off('close', stop);
    }
    function refuse(): void {
      stop();
      onRefused(proxy);
      socket.destroy();
    }
    function read(): void {
      const chunk: unknown = socket.read();
      if (!Buffer.isBuffer(chunk)) return;
      bytes = Buffer.concat([bytes, chunk]);
      const reading: ProxyReading = readProxyHeader(bytes);
      // A longer one would have been invalid; this bounds the memory whatever the reader does.
      if (reading === 'incomplete' && bytes.length <= maxProxyHeaderBytes) return;
      if (typeof reading === 'string') {
        refuse();
        return;
      }
      stop();
      // Who takes the connection over reads the rest as if it came just now.
      if (bytes.length > reading.length) socket.unshift(bytes.subarray(reading.length));
      onConnection(socket, reading.source ?? proxy);
    }
  }

  return {
    accept(socket) {
      const address = socket.remoteAddress;
      if (address === undefined || !from?.includes(address)) {
        onConnection(socket, address);
        return;
      }
      // Every error is followed by 'close'.
      socket.on('error', () => undefined);
      if (waiting.size < most) {
        readHeader(socket, address);
        return;
      }
      onRefused(address);
      socket.destroy();
    },
    close() {
      for (const socket of waiting) socket.destroy();
    },
  };
}

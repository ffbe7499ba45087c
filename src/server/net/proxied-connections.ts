import type { Socket } from 'node:net';
import type { Clock } from '../../shared/clock.js';
import type { AddressRanges } from './address-ranges.js';
import { maxProxyHeaderBytes, readProxyHeader, type ProxyReading } from './proxy-header.js';

type ProxiedConnectionsOptions = {
  /** Load balancers, which must send a PROXY header and are trusted; undefined: none. */
  readonly from: AddressRanges | undefined;
  readonly maxWithoutHeader: number;
  readonly clock: Clock;
  readonly onConnection: (socket: Socket, address: string | undefined) => void;
  /** `address` is that of a load balancer whose header was late, missing or invalid. */
  readonly onRefused: (address: string) => void;
};

/** Determines the client addresses of connections. */
export type ProxiedConnections = {
  accept(socket: Socket): void;
  close(): void;
};

/** Load balancers send the header at once. */
export const proxyHeaderTimeoutMs = 5000;

/** Reads a PROXY header from the listed addresses only, so that no other client can claim an address. */
export function acceptProxied(options: ProxiedConnectionsOptions): ProxiedConnections {
  const { from, maxWithoutHeader, clock, onConnection, onRefused } = options;
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
      // A longer header is invalid; this limits the memory whatever the parser does.
      if (reading === 'incomplete' && bytes.length <= maxProxyHeaderBytes) return;
      if (typeof reading === 'string') {
        refuse();
        return;
      }
      stop();
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
      socket.on('error', () => undefined);
      if (waiting.size < maxWithoutHeader) {
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

import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Simulates the round trip to a distant server. */
export type DelayedRelay = {
  readonly port: number;
  close(): Promise<void>;
};

/** Forwards connections to a local port; each byte arrives `oneWayMs` later, in both directions, at any bandwidth. */
export async function startDelayedRelay(targetPort: number, oneWayMs: number): Promise<DelayedRelay> {
  const sockets = new Set<Socket>();
  const timers = new Set<NodeJS.Timeout>();

  // Timers of equal duration run in the order in which they were set, so bytes stay in order.
  function later(task: () => void): void {
    const timer = setTimeout(() => {
      timers.delete(timer);
      task();
    }, oneWayMs);
    timers.add(timer);
  }

  function forward(from: Socket, to: Socket): void {
    sockets.add(from);
    from.setNoDelay();
    from.on('data', (bytes) => {
      later(() => {
        if (to.destroyed || to.write(bytes)) return;
        from.pause();
        to.once('drain', () => from.resume());
      });
    });
    from.on('end', () => later(() => to.end()));
    from.on('error', () => undefined);
    from.on('close', () => {
      sockets.delete(from);
      later(() => to.destroy());
    });
  }

  const server = createServer({ allowHalfOpen: true }, (client) => {
    const target = connect({ port: targetPort, host: '127.0.0.1', allowHalfOpen: true });
    forward(client, target);
    forward(target, client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';

/** A connection to a server that can be broken. */
export type TcpProxy = {
  readonly port: number;
  /** Drops all bytes in both directions, also on new connections, like an unplugged cable. */
  freeze(): void;
  /** Drops only the answers of the server. */
  loseAnswers(): void;
  /** Passes bytes again. Dropped bytes stay lost. */
  thaw(): void;
  /** Closes all connections. New ones work. */
  cut(): void;
  close(): Promise<void>;
};

/** Forwards connections to a port of this machine. `preface` is sent first on each. */
export async function startTcpProxy(targetPort: number, preface?: Uint8Array): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  const lost = { requests: false, answers: false };
  const pass = (from: Socket, to: Socket, direction: keyof typeof lost): void => {
    from.setNoDelay();
    from.on('data', (bytes) => {
      if (!lost[direction]) to.write(bytes);
    });
    from.on('close', () => to.destroy());
    from.on('error', () => undefined);
    sockets.add(from);
  };
  const server = createServer((client) => {
    const target = connect(targetPort, '127.0.0.1');
    if (preface) target.write(preface);
    pass(client, target, 'requests');
    pass(target, client, 'answers');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  return {
    port: (server.address() as AddressInfo).port,
    freeze: () => void Object.assign(lost, { requests: true, answers: true }),
    loseAnswers: () => void (lost.answers = true),
    thaw: () => void Object.assign(lost, { requests: false, answers: false }),
    cut,
    async close() {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}

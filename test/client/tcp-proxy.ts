import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';

/** A way to a server that can break. */
export type TcpProxy = {
  readonly port: number;
  /** Bytes vanish from now on, in both directions, on connections old and new: the cable is out. */
  freeze(): void;
  /** Only what the server says vanishes: it hears everything, and its answers are lost. */
  loseAnswers(): void;
  /** Bytes pass again; what vanished stays lost. */
  thaw(): void;
  /** Ends every connection. New ones work. */
  cut(): void;
  close(): Promise<void>;
};

/** Forwards connections to a port of this machine; `preface` goes before the first byte of each. */
export async function startTcpProxy(targetPort: number, preface?: Uint8Array): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  const lost = { requests: false, answers: false };
  const pass = (from: Socket, to: Socket, what: keyof typeof lost): void => {
    from.setNoDelay();
    from.on('data', (bytes) => {
      if (!lost[what]) to.write(bytes);
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

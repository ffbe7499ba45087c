import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';

/** A way to a server that can break. */
export type TcpProxy = {
  readonly port: number;
  /** Bytes vanish from now on, in both directions, on connections old and new: the cable is out. */
  freeze(): void;
  /** Bytes pass again; what vanished stays lost. */
  thaw(): void;
  /** Ends every connection. New ones work. */
  cut(): void;
  close(): Promise<void>;
};

/** Forwards connections to a port of this machine. */
export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let isFrozen = false;
  const pass = (from: Socket, to: Socket): void => {
    from.setNoDelay();
    from.on('data', (bytes) => {
      if (!isFrozen) to.write(bytes);
    });
    from.on('close', () => to.destroy());
    from.on('error', () => undefined);
    sockets.add(from);
  };
  const server = createServer((client) => {
    const target = connect(targetPort, '127.0.0.1');
    pass(client, target);
    pass(target, client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  return {
    port: (server.address() as AddressInfo).port,
    freeze: () => void (isFrozen = true),
    thaw: () => void (isFrozen = false),
    cut,
    async close() {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}

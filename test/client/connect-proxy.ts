import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';

/** An HTTP proxy for tests. */
export type ConnectProxy = {
  readonly port: number;
  /** What was asked for, as `HOST:PORT` or `HOST:PORT LOGIN`. */
  readonly asked: readonly string[];
  close(): Promise<void>;
};

/** How the proxy behaves. */
export type ConnectProxyOptions = {
  /** Key and certificate, for a proxy that is spoken to over TLS. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** The status of every answer, in place of a connection. */
  readonly refuse?: number;
};

/** Leads every request to a port of this machine, whatever host it names. */
export async function startConnectProxy(
  targetPort: number,
  { tls, refuse }: ConnectProxyOptions = {},
): Promise<ConnectProxy> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const server = tls ? createHttpsServer(tls) : createHttpServer();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  server.on('connect', ({ url = '', headers }, client: Socket) => {
    const login = headers['proxy-authorization']?.replace(/^Basic /, '');
    asked.push(login === undefined ? url : `${url} ${Buffer.from(login, 'base64').toString()}`);
    client.on('error', () => undefined);
    if (refuse !== undefined) {
      client.end(`HTTP/1.1 ${refuse} Refused\r\n\r\n`);
      return;
    }
    const target = connect(targetPort, 'localhost');
    sockets.add(target);
    target.on('error', () => client.destroy());
    client.write('HTTP/1.1 200 Connected\r\n\r\n');
    client.pipe(target).pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

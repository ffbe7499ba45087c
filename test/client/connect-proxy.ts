import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';

/** An HTTP proxy for tests. */
export type ConnectProxy = {
  readonly port: number;
  /** The requests, as `HOST:PORT` or `HOST:PORT LOGIN`. */
  readonly requests: readonly string[];
  close(): Promise<void>;
};

/** The behaviour of the proxy. */
export type ConnectProxyOptions = {
  /** For a proxy that uses TLS. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** The status of every answer, instead of a connection. */
  readonly rejectStatus?: number;
};

/** Connects every request to the same port of this machine. */
export async function startConnectProxy(
  targetPort: number,
  { tls, rejectStatus }: ConnectProxyOptions = {},
): Promise<ConnectProxy> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const server = tls ? createHttpsServer(tls) : createHttpServer();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  server.on('connect', ({ url = '', headers }, client: Socket) => {
    const login = headers['proxy-authorization']?.replace(/^Basic /, '');
    requests.push(login === undefined ? url : `${url} ${Buffer.from(login, 'base64').toString()}`);
    client.on('error', () => undefined);
    if (rejectStatus !== undefined) {
      client.end(`HTTP/1.1 ${rejectStatus} Refused\r\n\r\n`);
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
    requests,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { ChatError } from '../../shared/errors.js';
import { errorCode } from '../../shared/error-code.js';

/** Accepts connections on one or two addresses. */
export type Listener = {
  readonly port: number;
  /** Keeps the accepted connections open. */
  close(): void;
};

// Clients that reconnect all at once queue in the kernel instead of timing out.
const backlog = 4096;
/** For a port that is free on both address families. */
const maxPortAttempts = 10;

type ListenHandlers = {
  readonly onConnection: (socket: Socket) => void;
  /** For example too many open files; the next connection may be accepted. */
  readonly onAcceptFailed: (error: Error) => void;
};

/** `localhost` is both 127.0.0.1 and ::1 (if present): clients try either first. Throws `address-in-use`, `usage`. */
export async function listen(host: string, port: number, handlers: ListenHandlers): Promise<Listener> {
  if (host !== 'localhost') return asListener([await open(host, port, handlers)]);
  for (let tries = 1; ; tries++) {
    const first = await open('127.0.0.1', port, handlers);
    try {
      const second = await open('::1', portOf(first), handlers).catch(ignoreMissingIpv6);
      return asListener(second ? [first, second] : [first]);
    } catch (error) {
      first.close();
      const inUse = error instanceof ChatError && error.code === 'address-in-use';
      if (!inUse || port !== 0 || tries === maxPortAttempts) throw error;
    }
  }
}

function open(host: string, port: number, { onConnection, onAcceptFailed }: ListenHandlers): Promise<Server> {
  const server = createServer({ noDelay: true }, onConnection);
  return new Promise((resolve, reject) => {
    const refuse = (error: Error): void => reject(listenError(error, host, port));
    server.once('error', refuse);
    server.listen({ host, port, backlog }, () => {
      server.off('error', refuse).on('error', onAcceptFailed);
      resolve(server);
    });
  });
}

function asListener(servers: readonly [Server, ...Server[]]): Listener {
  return {
    port: portOf(servers[0]),
    close() {
      for (const server of servers) server.close();
    },
  };
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('not a TCP server');
  return address.port;
}

function ignoreMissingIpv6(error: unknown): undefined {
  if (error instanceof ChatError && noIpv6.has(errorCode(error.cause))) return;
  throw error;
}

const noIpv6 = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EINVAL']);

function listenError(error: Error, host: string, port: number): ChatError {
  const code = errorCode(error);
  if (code === 'EADDRINUSE') {
    return new ChatError('address-in-use', `port ${port} on ${host} is in use`, {
      hint: 'another server may be running: stop it, or choose another port with --port',
      cause: error,
    });
  }
  if (code === 'EACCES') {
    const hint = 'ports below 1024 need privileges: choose another one with --port';
    return new ChatError('usage', `not allowed to listen on port ${port}`, { hint, cause: error });
  }
  return new ChatError('usage', `cannot listen on ${host}: ${error.message}`, {
    hint: 'give an address or a name of this machine with --host',
    cause: error,
  });
}

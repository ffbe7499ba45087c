import { mkdtemp, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { parseAddress } from '../../src/client/connection/address.js';
import { fetchServerInfo } from '../../src/client/connection/server-info.js';
import type { Connection } from '../../src/client/connection/port.js';
import { connect } from '../../src/client/connection/grpc/grpc-connection.js';
import { parseAddressRanges } from '../../src/server/net/address-ranges.js';
import type { ServerOptions } from '../../src/server/app/server-options.js';
import { startServer } from '../../src/server/app/start-server.js';
import { connectOptions } from '../client/with-session.js';
import { startTcpProxy } from '../client/tcp-proxy.js';
import { fastClock } from '../support/fast-clock.js';
import { undecodableHeaders } from './http2-call.js';
import { testOptions } from './test-server.js';

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

const never = new AbortController().signal;
const proxies = parseAddressRanges('--proxy-protocol', '127.0.0.1');

async function serve(options: Partial<ServerOptions>): Promise<number> {
  const server = await startServer({ ...testOptions, demoUsers: true, insecure: true, proxies, ...options });
  stops.push(() => server.stop());
  return server.port;
}

function logged(level = 'warn'): { lines: string[]; logger: ServerOptions['logger'] } {
  const lines: string[] = [];
  const write = (line: string): void => void lines.push(line);
  return { lines, logger: pino({ level }, { write }) };
}

/** A PROXY header that names this IPv4 address. */
function headerOf(address: string, version: 1 | 2): Buffer {
  if (version === 1) return Buffer.from(`PROXY TCP4 ${address} 127.0.0.1 40000 65002\r\n`);
  const start = Buffer.from('\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c', 'latin1');
  const ports = [0x9c, 0x40, 0xfd, 0xea];
  return Buffer.concat([start, Buffer.from([...address.split('.').map(Number), 127, 0, 0, 1, ...ports])]);
}

/** A client that reaches `port` from `address`, through a load balancer. */
async function clientFrom(
  address: string,
  port: number,
  { version = 2, password = 'qwerty', tls = '' }: { version?: 1 | 2; password?: string; tls?: string } = {},
) {
  const proxy = await startTcpProxy(port, headerOf(address, version));
  const trust =
    tls === ''
      ? {}
      : { address: parseAddress(`https://127.0.0.1:${proxy.port}`), trust: { fingerprint: tls } };
  const connection = connect(
    connectOptions(proxy.port, { credentials: { user: 'user1', password }, ...trust }),
  );
  stops.push(
    () => proxy.close(),
    () => connection.close(),
  );
  return connection;
}

const outcome = (connection: Connection): Promise<string> =>
  fetchServerInfo(connection, never).then(
    () => 'accepted',
    (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : String(error)),
  );

describe('behind a load balancer that sends PROXY headers', () => {
  test.each<1 | 2>([1, 2])('clients are accepted, plaintext and TLS, with version %i', async (version) => {
    const port = await serve({});
    expect(await outcome(await clientFrom('192.0.2.1', port, { version }))).toBe('accepted');
    const dataDirectory = await mkdtemp(join(tmpdir(), 'chat-proxy-'));
    stops.push(() => rm(dataDirectory, { recursive: true, force: true }));
    const server = await startServer({
      ...testOptions,
      demoUsers: true,
      proxies,
      dataDirectory,
      tls: { kind: 'self-signed' },
    });
    stops.push(() => server.stop());
    const tls = server.fingerprint ?? '';
    expect(await outcome(await clientFrom('192.0.2.1', server.port, { version, tls }))).toBe('accepted');
  });

  test('the connections of each client are counted under its own address', async () => {
    const port = await serve({ maxConnectionsPerAddress: 2 });
    for (let count = 1; count <= 2; count++) {
      const open = createConnection(port, '127.0.0.1').on('error', () => undefined);
      stops.push(() => open.destroy());
      open.write(headerOf('192.0.2.1', 2));
      // The server's first frame: it has accepted the connection.
      await once(open, 'data');
    }
    expect(await outcome(await clientFrom('192.0.2.1', port))).toBe('unreachable');
    expect(await outcome(await clientFrom('192.0.2.2', port))).toBe('accepted');
  });

  test('failed logins are counted and logged under the address of their client', async () => {
    const { lines, logger } = logged();
    const port = await serve({ logger });
    const guesser = await clientFrom('192.0.2.66', port, { password: 'guessed' });
    expect(await outcome(guesser)).toBe('login-refused');
    expect(lines.join('')).toContain('"address":"192.0.2.66"');
    expect(lines.join('')).not.toContain('127.0.0.1');
  });

  test('a connection with undecodable headers is logged under the address of its client', async () => {
    const { lines, logger } = logged('info');
    const port = await serve({ logger, clock: fastClock(20) });
    const broken = createConnection(port, '127.0.0.1').on('error', () => undefined);
    const closed = once(broken.resume(), 'close');
    broken.write(Buffer.concat([headerOf('192.0.2.66', 2), undecodableHeaders]));
    await closed;
    const line = lines.find((text) => text.includes('cannot be read as HTTP/2')) ?? '';
    expect(line).toContain('"address":"192.0.2.66"');
  });

  test('a connection without a header is rejected and logged', async () => {
    const { lines, logger } = logged();
    const port = await serve({ logger });
    const direct = connect(connectOptions(port));
    stops.push(() => direct.close());
    expect(await outcome(direct)).toBe('unreachable');
    expect(lines.join('')).toContain('without a PROXY header');
  });

  test('a header from any other address is not trusted', async () => {
    const port = await serve({ proxies: parseAddressRanges('--proxy-protocol', '192.0.2.0/24') });
    expect(await outcome(await clientFrom('198.51.100.1', port))).not.toBe('accepted');
    const direct = connect(connectOptions(port));
    stops.push(() => direct.close());
    expect(await outcome(direct)).toBe('accepted');
  });

  test('a loopback address does not permit demo users or unencrypted passwords', async () => {
    const start = (options: Partial<ServerOptions>) => startServer({ ...testOptions, proxies, ...options });
    await expect(start({})).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('no users'),
    });
    await expect(start({ demoUsers: true })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('unencrypted'),
    });
  });
});

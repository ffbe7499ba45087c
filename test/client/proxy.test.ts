import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { generate } from 'selfsigned';
import { parseAddress, type Address } from '../../src/client/connection/address.js';
import { resolveTrust } from '../../src/client/connection/trust/resolve-trust.js';
import { proxyFor } from '../../src/client/connection/transport/proxy.js';
import { openTrustStore } from '../../src/client/connection/trust/trust-store.js';
import { runChat } from '../chat-process.js';
import { withServer } from '../server/test-server.js';
import { callOutcome } from './with-session.js';
import { startConnectProxy, type ConnectProxy, type ConnectProxyOptions } from './connect-proxy.js';

let directory: string;
beforeAll(async () => (directory = await mkdtemp(join(tmpdir(), 'chat-proxy-'))));
afterAll(() => rm(directory, { recursive: true }));

/** A name that only the proxy can resolve. */
const hidden = parseAddress('https://behind.invalid');
const hiddenPlaintext = parseAddress('http://behind.invalid');

/** A TLS server behind a proxy. */
async function withProxy(
  options: ConnectProxyOptions,
  use: (proxy: ConnectProxy, fingerprint: string | undefined) => Promise<void>,
): Promise<void> {
  await withServer(
    { tls: { kind: 'self-signed' }, dataDirectory: join(directory, 'server') },
    async (server) => {
      const proxy = await startConnectProxy(server.port, options);
      try {
        await use(proxy, server.fingerprint);
      } finally {
        await proxy.close();
      }
    },
  );
}

async function certificate(): Promise<{ key: string; cert: string }> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] },
    ],
  });
  return { key, cert };
}

/** The user accepts every certificate. */
function resolve(address: Address, env: Record<string, string>) {
  return resolveTrust({
    address,
    proxyFor: (one) => proxyFor(one, env),
    given: {},
    store: openTrustStore(join(directory, 'trusted.json')),
    confirm: () => Promise.resolve(true),
    timeoutMs: 10_000,
    warn: () => undefined,
  });
}

/** The result of a call: `ok` or its error. */
function outcome(address: Address, env: Record<string, string>, fingerprint?: string): Promise<unknown> {
  return callOutcome({ address, proxy: proxyFor(address, env), trust: { fingerprint } });
}

describe('a server behind a proxy', () => {
  test('is probed and called through the proxy', async () => {
    await withProxy({}, async ({ port, requests }, fingerprint) => {
      const env = { HTTPS_PROXY: `http://me:secret@127.0.0.1:${port}` };
      expect(await resolve(hidden, env)).toEqual({ fingerprint });
      expect(await outcome(hidden, env, fingerprint)).toBe('ok');
      expect(requests).toEqual(Array(2).fill('behind.invalid:65002 me:secret'));
    });
  });

  test('is reached without TLS, too', async () => {
    await withServer({}, async (server) => {
      const proxy = await startConnectProxy(server.port);
      expect(await outcome(hiddenPlaintext, { http_proxy: `127.0.0.1:${proxy.port}` })).toBe('ok');
      await proxy.close();
    });
  });

  test('is not reached through an untrusted TLS proxy', async () => {
    const { key, cert } = await certificate();
    await withProxy({ tls: { key, cert } }, async ({ port, requests }, fingerprint) => {
      const env = { https_proxy: `https://localhost:${port}` };
      const message = expect.stringContaining(`no TLS connection to the proxy localhost:${port} (`);
      await expect(resolve(parseAddress('https://other.invalid'), env)).rejects.toMatchObject({ message });
      expect(await outcome(hidden, env, fingerprint)).toMatchObject({ code: 'unreachable', message });
      expect(requests).toEqual([]);
    });
  });

  test('is not reached if the proxy rejects the request, and the error contains its answer', async () => {
    await withProxy({ rejectStatus: 407 }, async ({ port }, fingerprint) => {
      const env = { https_proxy: `http://127.0.0.1:${port}` };
      const failure = {
        code: 'unreachable',
        message: `cannot reach behind.invalid:65002: the proxy 127.0.0.1:${port} answered 407 Refused`,
        hint: 'Check https_proxy, or add the server to no_proxy.',
      };
      expect(await outcome(hidden, env, fingerprint)).toMatchObject(failure);
      await expect(resolve(parseAddress('https://unknown.invalid'), env)).rejects.toMatchObject({
        message: expect.stringContaining('answered 407 Refused'),
      });
    });
  });

  test('is not reached through a closed port or another protocol', async () => {
    const other = createServer((socket) => socket.on('error', () => undefined).end('220 smtp.example\r\n'));
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    for (const proxy of ['127.0.0.1:9', `127.0.0.1:${port}`]) {
      const failure = { code: 'unreachable', message: expect.stringContaining(`the proxy ${proxy}`) };
      expect(await outcome(hidden, { grpc_proxy: proxy }, 'AB')).toMatchObject(failure);
      const trust = resolve(parseAddress('https://unknown.invalid'), { grpc_proxy: proxy });
      await expect(trust).rejects.toMatchObject(failure);
    }
    other.close();
  });

  test('is reached by chat send', async () => {
    await withProxy({}, async ({ port, requests }, fingerprint = '') => {
      const env = { CHAT_USER: 'user1', CHAT_PASSWORD: 'qwerty', https_proxy: `http://127.0.0.1:${port}` };
      const args = ['send', '--to', 'https://behind.invalid'];
      expect(await runChat([...args, '--fingerprint', fingerprint, 'x'], { env })).toMatchObject({ code: 0 });
      const unknown = await runChat([...args, 'x'], { env });
      expect(unknown).toMatchObject({ code: 7, stderr: expect.stringContaining(fingerprint) });
      expect(requests).toHaveLength(2);
    });
  });

  test('is reached through a trusted TLS proxy', async () => {
    const tls = await certificate();
    const authority = join(directory, 'proxy.pem');
    await writeFile(authority, tls.cert);
    await withProxy({ tls }, async ({ port, requests }, fingerprint = '') => {
      const env = {
        CHAT_USER: 'user1',
        CHAT_PASSWORD: 'qwerty',
        HTTPS_PROXY: `https://localhost:${port}`,
        NODE_EXTRA_CA_CERTS: authority,
      };
      const args = ['send', '--to', 'https://behind.invalid', '--fingerprint', fingerprint, 'x'];
      expect(await runChat(args, { env })).toMatchObject({ code: 0, stderr: '' });
      expect(requests).toHaveLength(1);
    });
  });
});

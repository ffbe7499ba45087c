import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createHash, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer } from 'node:tls';
import { selfSignedCertificate } from '../../../src/server/tls/self-signed.js';

const now = Date.now();
const yearMs = 365.25 * 24 * 60 * 60 * 1000;
let directory = '';
beforeEach(async () => (directory = await mkdtemp(join(tmpdir(), 'chat-tls-'))));
afterEach(() => rm(directory, { recursive: true }));

describe('a self-signed certificate', () => {
  test('is created once, is readable by its owner only, and is reused', async () => {
    const nested = join(directory, 'data');
    const first = await selfSignedCertificate(nested, 'localhost', now);
    const second = await selfSignedCertificate(nested, 'localhost', now);
    expect(second).toEqual(first);
    expect(first.warnings).toEqual([]);
    expect((await stat(join(nested, 'self-signed.pem'))).mode & 0o777).toBe(0o600);
    expect((await stat(nested)).mode & 0o777).toBe(0o700);
  });

  test('names localhost, both loopback addresses, the machine and the host, for ten years, on P-256', async () => {
    const { certificate } = await selfSignedCertificate(directory, 'chat.example.org', now);
    const parsed = new X509Certificate(certificate);
    for (const name of ['localhost', 'chat.example.org', hostname()])
      expect(parsed.checkHost(name)).toBeDefined();
    for (const ip of ['127.0.0.1', '::1']) expect(parsed.checkIP(ip)).toBeDefined();
    expect(parsed.ca).toBe(false);
    expect(parsed.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
    expect((Date.parse(parsed.validTo) - now) / yearMs).toBeCloseTo(10, 1);
    expect(Date.parse(parsed.validFrom)).toBeLessThan(now);
  });

  test.each(['192.0.2.5', '2001:db8::5'])('names the address %s of the listener', async (host) => {
    const { certificate, warnings } = await selfSignedCertificate(directory, host, now);
    expect(new X509Certificate(certificate).checkIP(host)).toBeDefined();
    expect(warnings).toEqual([]);
  });

  test.each(['0.0.0.0', '::', 'fe80::1%eth0', ''])(
    'omits %j, which is not the address of a server',
    async (host) => {
      const { warnings } = await selfSignedCertificate(directory, host, now);
      expect(warnings).toEqual([]);
    },
  );

  test('is kept if it is for another host, with a warning that says how to get a new one', async () => {
    const { fingerprint } = await selfSignedCertificate(directory, 'localhost', now);
    const kept = await selfSignedCertificate(directory, 'chat.example.org', now);
    expect(kept.fingerprint).toBe(fingerprint);
    expect(kept.warnings).toEqual([expect.stringContaining('self-signed.pem')]);
  });

  test('is a new one each time without a data directory, with a warning', async () => {
    const first = await selfSignedCertificate(undefined, 'localhost', now);
    const second = await selfSignedCertificate(undefined, 'localhost', now);
    expect(first.fingerprint).not.toBe(second.fingerprint);
    expect(first.warnings).toEqual([expect.stringContaining('--data')]);
  });

  test('is rejected by name and not replaced if it is damaged, since clients have pinned it', async () => {
    const path = join(directory, 'self-signed.pem');
    await writeFile(path, 'damaged');
    await expect(selfSignedCertificate(directory, 'localhost', now)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining(path),
    });
    expect(await readFile(path, 'utf8')).toBe('damaged');
  });

  test('serves TLS to a client that trusts it, and has the reported fingerprint', async () => {
    const { certificate, key, fingerprint } = await selfSignedCertificate(directory, 'localhost', now);
    const server = createServer({ cert: certificate, key }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const socket = connect({ host: '127.0.0.1', port, servername: 'localhost', ca: certificate });
    await once(socket, 'secureConnect');
    const digest = createHash('sha256').update(socket.getPeerCertificate().raw).digest('hex').toUpperCase();
    expect(fingerprint).toBe(digest.match(/../g)?.join(':'));
    socket.destroy();
    server.close();
  });
});

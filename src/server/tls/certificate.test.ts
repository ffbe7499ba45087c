import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadCertificate } from './certificate.js';
import { selfSignedCertificate } from './self-signed.js';

const now = Date.UTC(2026, 0, 1);
const dayMs = 24 * 60 * 60 * 1000;
let directory = '';
let files = { certificate: '', key: '' };

async function written(name: string, content: string | Buffer): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, content, { mode: 0o600 });
  return path;
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'chat-certificate-'));
  const { certificate } = await selfSignedCertificate(undefined, 'localhost', now);
  const [key = '', cert = ''] = certificate.toString().split(/(?=-----BEGIN CERTIFICATE)/);
  files = { certificate: await written('cert.pem', cert), key: await written('key.pem', key) };
});
afterAll(() => rm(directory, { recursive: true }));

const refused = (path: string) => ({ code: 'usage', message: expect.stringContaining(path) });

describe('loadCertificate', () => {
  test('a certificate is loaded with its fingerprint', async () => {
    const { fingerprint, warnings } = await loadCertificate(files, now);
    expect(fingerprint).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
    expect(warnings).toEqual([]);
  });

  test('a missing file is rejected by its name', async () => {
    const missing = join(directory, 'missing.pem');
    await expect(loadCertificate({ ...files, certificate: missing }, now)).rejects.toMatchObject(
      refused(missing),
    );
    await expect(loadCertificate({ ...files, key: missing }, now)).rejects.toMatchObject(refused(missing));
    await expect(loadCertificate({ ...files, key: directory }, now)).rejects.toMatchObject(
      refused(directory),
    );
  });

  test('files that are swapped, damaged or too large are rejected', async () => {
    const swapped = { certificate: files.key, key: files.certificate };
    await expect(loadCertificate(swapped, now)).rejects.toMatchObject(refused(files.key));
    const damaged = await written(
      'damaged.pem',
      '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
    );
    await expect(loadCertificate({ ...files, certificate: damaged }, now)).rejects.toMatchObject(
      refused(damaged),
    );
    const large = await written('large.pem', Buffer.alloc(1024 * 1024 + 1));
    await expect(loadCertificate({ ...files, key: large }, now)).rejects.toMatchObject(refused(large));
  });

  test('a key of another certificate is rejected, naming both files', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const key = await written('other.pem', privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const loading = loadCertificate({ ...files, key }, now);
    await expect(loading).rejects.toMatchObject(refused(key));
    await expect(loading).rejects.toMatchObject(refused(files.certificate));
  });

  test('a key with a passphrase is rejected without a prompt', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const locked = privateKey.export({
      type: 'pkcs8',
      format: 'pem',
      cipher: 'aes-256-cbc',
      passphrase: 'x',
    });
    const key = await written('locked.pem', locked);
    await expect(loadCertificate({ ...files, key }, now)).rejects.toMatchObject(refused(key));
  });

  test('a certificate that is expired, expires soon or is not valid yet is loaded with a warning', async () => {
    const warnings = async (time: number) => (await loadCertificate(files, time)).warnings;
    const end = Date.UTC(2036, 0, 1);
    expect(await warnings(end + dayMs)).toEqual([expect.stringContaining('expired on 2036-01-01')]);
    expect(await warnings(end - 13 * dayMs)).toEqual([expect.stringContaining('expires on 2036-01-01')]);
    expect(await warnings(end - 15 * dayMs)).toEqual([]);
    expect(await warnings(now - 2 * dayMs)).toEqual([expect.stringContaining('not valid before 2025-12-31')]);
  });
});

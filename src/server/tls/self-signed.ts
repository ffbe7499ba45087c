import { mkdir, stat } from 'node:fs/promises';
import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { errorCode } from '../../shared/error-code.js';
import { replaceFile } from '../files/replace-file.js';
import { checkCertificate, loadCertificate, type ServerCertificate } from './certificate.js';

/** Clients pin this certificate: a new one gains nothing and looks like an attack to them. */
const validYears = 10;

/** For `localhost`, this machine's name and `host`. Kept in `self-signed.pem`; without a directory, not kept. */
export async function selfSignedCertificate(
  directory: string | undefined,
  host: string,
  now: number,
): Promise<ServerCertificate> {
  if (directory === undefined) {
    const pem = Buffer.from(await createPem(host, now));
    const files = { certificate: 'the new certificate', key: 'the new key' };
    const created = checkCertificate({ certificate: pem, key: pem }, files, now);
    const warning = 'The certificate is a new one at each start: give --data to keep it.';
    return { ...created, warnings: [...created.warnings, warning] };
  }
  const path = join(directory, 'self-signed.pem');
  if (!(await exists(path))) {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    // One file, so that a crash never leaves a key without its certificate.
    await replaceFile(path, await createPem(host, now));
  }
  const kept = await loadCertificate({ certificate: path, key: path }, now);
  return { ...kept, warnings: [...kept.warnings, ...nameWarnings(kept, host, path)] };
}

async function createPem(host: string, now: number): Promise<string> {
  const { generate } = await import('selfsigned');
  const notAfterDate = new Date(now);
  notAfterDate.setUTCFullYear(notAfterDate.getUTCFullYear() + validYears);
  const generated = await generate([{ name: 'commonName', value: 'chat' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    // A day back, for clients whose clock is behind.
    notBeforeDate: new Date(now - 24 * 60 * 60 * 1000),
    notAfterDate,
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames: alternativeNames(host) },
    ],
  });
  return `${generated.private.trim()}\n${generated.cert.trim()}\n`;
}

/** Without wildcard addresses, which no client connects to. */
function alternativeNames(host: string) {
  const names = new Set(['localhost', '127.0.0.1', '::1', hostname(), host]);
  return [...names]
    .filter(canBeNamed)
    .map((name) => (isIP(name) ? { type: 7 as const, ip: name } : { type: 2 as const, value: name }));
}

function canBeNamed(host: string): boolean {
  return /^[A-Za-z0-9._-]+$/.test(host) ? host !== '0.0.0.0' : isIP(host) === 6 && !/^[0:]*$|%/.test(host);
}

function nameWarnings({ certificate }: ServerCertificate, host: string, path: string): string[] {
  if (!canBeNamed(host)) return [];
  const kept = new X509Certificate(certificate);
  const covered = isIP(host) ? kept.checkIP(host) : kept.checkHost(host);
  if (covered !== undefined) return [];
  return [`The certificate in ${path} does not name ${host}: remove the file to get a new one.`];
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}

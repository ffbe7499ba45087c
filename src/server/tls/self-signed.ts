import { mkdir, stat } from 'node:fs/promises';
import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { errorCode } from '../../shared/error-code.js';
import { replaceFile } from '../files/replace-file.js';
import { checkCertificate, loadCertificate, type ServerCertificate } from './certificate.js';

/**
 * Ten years: clients pin this very certificate when they first see it, so nothing is gained by making a new one,
 * and each new one would look to them like an attack.
 */
const validYears = 10;

/**
 * The server's own certificate for `localhost`, `127.0.0.1`, `::1`, the machine's name and `host`. It is made once,
 * kept with its key in the data directory (`self-signed.pem`, 0600) and used from then on; without a directory
 * it is a new one each time.
 */
export async function selfSignedCertificate(
  directory: string | undefined,
  host: string,
  now: number,
): Promise<ServerCertificate> {
  if (directory === undefined) {
    const pem = Buffer.from(await makePem(host, now));
    const files = { certificate: 'the new certificate', key: 'the new key' };
    const made = checkCertificate({ certificate: pem, key: pem }, files, now);
    const warning = 'The certificate is a new one at each start: give --data to keep it.';
    return { ...made, warnings: [...made.warnings, warning] };
  }
  const path = join(directory, 'self-signed.pem');
  if (!(await exists(path))) {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    // Both in one file, so that a crash between two never leaves a key without its certificate.
    await replaceFile(path, await makePem(host, now));
  }
  const kept = await loadCertificate({ certificate: path, key: path }, now);
  return { ...kept, warnings: [...kept.warnings, ...nameWarnings(kept, host, path)] };
}

async function makePem(host: string, now: number): Promise<string> {
  // Loaded only here: once in a server's life.
  const { generate } = await import('selfsigned');
  const notAfterDate = new Date(now);
  notAfterDate.setUTCFullYear(notAfterDate.getUTCFullYear() + validYears);
  const made = await generate([{ name: 'commonName', value: 'chat' }], {
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
  return `${made.private.trim()}\n${made.cert.trim()}\n`;
}

/** The names by which clients reach this server; an address that stands for all of them is none. */
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
  return [`The certificate in ${path} does not name ${host}: remove the file to have a new one made.`];
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

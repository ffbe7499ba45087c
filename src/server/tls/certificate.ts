import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { open, stat } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { withoutByteOrderMark } from '../../shared/byte-order-mark.js';
import { ChatError } from '../../shared/errors.js';
import { thrownMessage } from '../../shared/thrown-message.js';
import { refuseExposedSecret } from '../files/secret-file.js';

/** A checked certificate with its key, as PEM. */
export type ServerCertificate = {
  /** With its intermediate certificates, if there are any. */
  readonly certificate: Buffer;
  readonly key: Buffer;
  /** SHA-256 of the DER certificate, as `AB:CD:…`. */
  readonly fingerprint: string;
  readonly warnings: readonly string[];
};

type CertificateFiles = { readonly certificate: string; readonly key: string };

// A chain of certificates has a few thousand bytes.
const maxFileBytes = 1024 * 1024;
const dayMs = 24 * 60 * 60 * 1000;

/** Throws `usage`, naming the file, if one is unusable, they do not match or others can read the key. */
export async function loadCertificate(files: CertificateFiles, now: number): Promise<ServerCertificate> {
  const certificate = await readPem(files.certificate);
  const key = await readPem(files.key);
  const checked = checkCertificate({ certificate, key }, files, now);
  await refuseExposedSecret(files.key, await stat(files.key));
  return checked;
}

/** `files` only names the PEM in errors and warnings. */
export function checkCertificate(
  pem: { readonly certificate: Buffer; readonly key: Buffer },
  files: CertificateFiles,
  now: number,
): ServerCertificate {
  const parsed = parsedAs(files.certificate, 'a PEM certificate', () => new X509Certificate(pem.certificate));
  const key: KeyObject = parsedAs(files.key, 'a PEM private key without a passphrase', () =>
    createPrivateKey(pem.key),
  );
  if (!parsed.checkPrivateKey(key)) {
    throw new ChatError(
      'usage',
      `the key in ${files.key} is not that of the certificate in ${files.certificate}`,
      {
        hint: 'give the key that the certificate was made for',
      },
    );
  }
  // Finds what only TLS rejects: a key that is too short, or a broken certificate further down the chain.
  parsedAs(files.certificate, 'a certificate that TLS can use', () =>
    createSecureContext({ cert: pem.certificate, key: pem.key }),
  );
  return { ...pem, fingerprint: parsed.fingerprint256, warnings: validity(parsed, files.certificate, now) };
}

function validity({ validFrom, validTo }: X509Certificate, file: string, now: number): string[] {
  const from = Date.parse(validFrom);
  const to = Date.parse(validTo);
  if (now > to) return [`The certificate in ${file} expired on ${isoDay(to)}: clients may refuse it.`];
  if (now < from)
    return [`The certificate in ${file} is not valid before ${isoDay(from)}: clients may refuse it.`];
  if (to - now < 14 * dayMs) return [`The certificate in ${file} expires on ${isoDay(to)}.`];
  return [];
}

function isoDay(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

async function readPem(path: string): Promise<Buffer> {
  try {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      if (size > maxFileBytes) throw new Error(`it has more than ${maxFileBytes} bytes`);
      return withoutByteOrderMark(await file.readFile());
    } finally {
      await file.close();
    }
  } catch (error) {
    const reason = thrownMessage(error);
    throw new ChatError('usage', `cannot read ${path}: ${reason}`, {
      hint: 'check the path, and that this user may read it',
      cause: error,
    });
  }
}

function parsedAs<Value>(path: string, what: string, parse: () => Value): Value {
  try {
    return parse();
  } catch (error) {
    throw new ChatError('usage', `${path} does not contain ${what}`, { cause: error });
  }
}

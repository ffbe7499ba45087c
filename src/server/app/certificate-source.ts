import { selfSignedCertificate } from '../tls/self-signed.js';
import { loadCertificate, type ServerCertificate } from '../tls/certificate.js';
import type { Clock } from '../../shared/clock.js';
import type { ServerOptions } from './server-options.js';

/** Reads the certificate that the options name, as it is now; undefined without TLS. Throws `usage`. */
export async function readCertificate(
  { tls, host, dataDirectory }: Pick<ServerOptions, 'tls' | 'host' | 'dataDirectory'>,
  clock: Clock,
): Promise<ServerCertificate | undefined> {
  if (tls.kind === 'none') return undefined;
  if (tls.kind === 'files') return loadCertificate(tls, clock.now());
  return selfSignedCertificate(dataDirectory, host, clock.now());
}

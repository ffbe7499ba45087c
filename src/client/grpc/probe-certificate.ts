import { connect } from 'node:net';
import { ChatError } from '../../shared/errors.js';
import { hostAndPort, type Address } from '../address.js';
import { fingerprintOf, shakeHands } from './open-tls.js';

/** A server's certificate, as it showed it. */
export type ProbedCertificate = {
  /** SHA-256 of its DER form, as `AB:CD:…`. */
  readonly fingerprint: string;
  /** Whether an authority that Node trusts vouches for it, with this name and date. */
  readonly isTrusted: boolean;
};

/** Looks at a server's certificate, within `timeoutMs`. Rejects with `unreachable` or `timed-out`. */
export async function probeCertificate(address: Address, timeoutMs: number): Promise<ProbedCertificate> {
  const { host, port } = address;
  const socket = connect({ host, port });
  let timer: NodeJS.Timeout | undefined;
  const failed = new Promise<never>((_, reject) => {
    socket.once('error', (cause) => {
      reject(new ChatError('unreachable', `cannot reach ${hostAndPort(address)}`, { cause }));
    });
    timer = setTimeout(() => {
      reject(
        new ChatError('timed-out', `no answer from ${hostAndPort(address)} within ${timeoutMs / 1000} s`),
      );
    }, timeoutMs);
  });
  try {
    const secured = await Promise.race([shakeHands(socket, address, undefined), failed]);
    return { fingerprint: fingerprintOf(secured), isTrusted: secured.authorized };
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}

import { connect } from 'node:net';
import { errorCode } from '../../../shared/error-code.js';
import { ChatError } from '../../../shared/errors.js';
import { hostAndPort, type Address } from '../address.js';
import { openTunnel, proxyFailed, proxyName } from './proxy-tunnel.js';
import type { Proxy } from './proxy.js';
import { fingerprintOf, tlsHandshake } from './tls.js';

/** The certificate of a server. */
export type ProbedCertificate = {
  readonly fingerprint: string;
  /** Whether Node trusts it for this name and date. */
  readonly isTrusted: boolean;
};

/** Rejects with `unreachable` or `timed-out`. */
export async function probeCertificate(
  address: Address,
  timeoutMs: number,
  proxy?: Proxy,
): Promise<ProbedCertificate> {
  const { host, port } = proxy ?? address;
  const name = hostAndPort(address);
  const socket = connect({ host, port });
  let timer: NodeJS.Timeout | undefined;
  const failed = new Promise<never>((_, reject) => {
    socket.once('error', (cause) => {
      reject(
        proxy
          ? proxyFailed(proxy, name, `${proxyName(proxy)} cannot be reached (${cause.message})`, cause)
          : new ChatError(
              'unreachable',
              isNotFound(cause) ? `${name} was not found` : `cannot reach ${name}`,
              { cause },
            ),
      );
    });
    timer = setTimeout(() => {
      reject(
        new ChatError(
          'timed-out',
          `no answer from ${name}${proxy ? ` through ${proxyName(proxy)}` : ''} within ${timeoutMs / 1000} s`,
        ),
      );
    }, timeoutMs);
  });
  try {
    const opened = proxy ? openTunnel(socket, proxy, address) : Promise.resolve(socket);
    const handshake = opened.then((tunnel) => tlsHandshake(tunnel, address, undefined));
    const secured = await Promise.race([handshake, failed]);
    return { fingerprint: fingerprintOf(secured), isTrusted: secured.authorized };
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}

function isNotFound(cause: unknown): boolean {
  return ['ENOTFOUND', 'EAI_AGAIN'].includes(errorCode(cause));
}

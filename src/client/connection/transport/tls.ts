import { isIP, type Socket } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { ChatError } from '../../../shared/errors.js';
import { hostAndPort, type Address } from '../address.js';

/** Whom a TLS connection trusts. Neither: the authorities that Node trusts. */
export type Trust = {
  /** Certificate authorities to trust instead, as PEM. */
  readonly ca?: string | undefined;
  /** The one certificate to trust, as `AB:CD:…` (SHA-256 of its DER form). Stands in for name and expiry checks. */
  readonly fingerprint?: string | undefined;
};

/** Speaks TLS over a connected socket, without any judgement on the certificate yet. Rejects with `unreachable`. */
export function tlsHandshake(socket: Socket, address: Address, ca: string | undefined): Promise<TLSSocket> {
  const { host } = address;
  return new Promise((resolve, reject) => {
    const secured = connect({
      socket,
      host,
      // A server name is no IP address and has no dot at its end (RFC 6066, section 3).
      ...(isIP(host) === 0 && { servername: host.replace(/\.$/, '') }),
      ...(ca !== undefined && { ca }),
      ALPNProtocols: ['h2'],
      // Checked by `checkCertificate` before a byte is sent: only then it is known what exactly was wrong.
      rejectUnauthorized: false,
    });
    secured.once('secureConnect', () => resolve(secured));
    secured.on('error', (error: Error) => reject(tlsFailed(hostAndPort(address), error)));
    secured.once('close', () => reject(tlsFailed(hostAndPort(address))));
  });
}

/** The certificate's SHA-256 as `AB:CD:…`. */
export function fingerprintOf(socket: TLSSocket): string {
  const certificate = socket.getPeerX509Certificate();
  if (!certificate) throw new ChatError('certificate-untrusted', 'the server showed no certificate');
  return certificate.fingerprint256;
}

/** Speaks TLS over a connected socket with a server that is trusted, or rejects and destroys the socket. */
export async function openTls(socket: Socket, address: Address, trust: Trust): Promise<TLSSocket> {
  try {
    const secured = await tlsHandshake(socket, address, trust.ca);
    checkCertificate(secured, address, trust);
    return secured;
  } catch (thrown) {
    socket.destroy();
    throw thrown;
  }
}

/** Throws `certificate-untrusted` unless the server is the one that is trusted. */
function checkCertificate(socket: TLSSocket, address: Address, trust: Trust): void {
  const shown = fingerprintOf(socket);
  const name = hostAndPort(address);
  if (trust.fingerprint !== undefined) {
    if (shown !== trust.fingerprint) throw fingerprintChanged(name, shown, trust.fingerprint);
  } else if (!socket.authorized) {
    throw notTrusted(name, shown, String(socket.authorizationError));
  }
}

/** Why OpenSSL or Node did not accept a certificate, in words. Others are shown by their code. */
const reasons: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its authority is not known here',
  UNABLE_TO_GET_ISSUER_CERT: 'its authority is not known here',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its authority is not known here',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its authority is not known here',
  CERT_HAS_EXPIRED: 'it has expired',
  CERT_NOT_YET_VALID: 'it is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'it is for another name',
};

/** The certificate is not vouched for by anyone who is trusted. */
export function notTrusted(name: string, fingerprint: string, code: string): ChatError {
  const reason = reasons[code] ?? code;
  return new ChatError(
    'certificate-untrusted',
    `the certificate of ${name} is not trusted: ${reason} (SHA256 ${fingerprint})`,
    { hint: `Compare it with what the server prints, then use --fingerprint ${fingerprint}` },
  );
}

/** The certificate is not the one that was trusted before. */
function fingerprintChanged(name: string, shown: string, pinned: string): ChatError {
  return new ChatError(
    'certificate-untrusted',
    `the certificate of ${name} is not the one that is trusted: SHA256 ${shown} instead of ${pinned}`,
    { hint: `Ask the server's owner; if it was renewed: chat trust --forget ${name}` },
  );
}

/** There is no TLS to be had there. */
function tlsFailed(name: string, cause?: Error): ChatError {
  return new ChatError('unreachable', `no TLS connection to ${name}`, {
    hint: 'If that server has no TLS: put http:// before the address.',
    cause,
  });
}

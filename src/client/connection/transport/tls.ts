import { isIP, type Socket } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { ChatError } from '../../../shared/errors.js';
import { hostAndPort, type Address } from '../address.js';

/** Without fields, the authorities that Node trusts. */
export type Trust = {
  /** The only certificate authorities to trust, as PEM. */
  readonly ca?: string | undefined;
  /** The only certificate to trust, whatever its name and date: the SHA-256 of its DER form, as `AB:CD:…`. */
  readonly fingerprint?: string | undefined;
};

/** Accepts any certificate. Rejects with `unreachable`. */
export function tlsHandshake(socket: Socket, address: Address, ca: string | undefined): Promise<TLSSocket> {
  const { host } = address;
  return new Promise((resolve, reject) => {
    const secured = connect({
      socket,
      host,
      // A server name must not be an IP address or end with a dot (RFC 6066, section 3).
      ...(isIP(host) === 0 && { servername: host.replace(/\.$/, '') }),
      ...(ca !== undefined && { ca }),
      ALPNProtocols: ['h2'],
      // `checkCertificate` does this before any byte is sent, and reports the exact reason.
      rejectUnauthorized: false,
    });
    secured.once('secureConnect', () => resolve(secured));
    secured.on('error', (error: Error) => reject(tlsFailed(hostAndPort(address), error)));
    secured.once('close', () => reject(tlsFailed(hostAndPort(address))));
  });
}

export function fingerprintOf(socket: TLSSocket): string {
  const certificate = socket.getPeerX509Certificate();
  if (!certificate) throw new ChatError('certificate-untrusted', 'the server sent no certificate');
  return certificate.fingerprint256;
}

/** Destroys the socket if the server is not trusted. */
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

function checkCertificate(socket: TLSSocket, address: Address, trust: Trust): void {
  const shown = fingerprintOf(socket);
  const name = hostAndPort(address);
  if (trust.fingerprint !== undefined) {
    if (shown !== trust.fingerprint) throw fingerprintChanged(name, shown, trust.fingerprint);
  } else if (!socket.authorized) {
    throw notTrusted(name, shown, String(socket.authorizationError));
  }
}

/** For the error codes of OpenSSL and Node; other codes are shown as they are. */
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

export function notTrusted(name: string, fingerprint: string, code: string): ChatError {
  const reason = reasons[code] ?? code;
  return new ChatError(
    'certificate-untrusted',
    `the certificate of ${name} is not trusted: ${reason} (SHA256 ${fingerprint})`,
    { hint: `Compare it with what the server prints, then use --fingerprint ${fingerprint}` },
  );
}

function fingerprintChanged(name: string, shown: string, pinned: string): ChatError {
  return new ChatError(
    'certificate-untrusted',
    `the certificate of ${name} is not the one that is trusted (SHA256)`,
    {
      rows: [`now      ${shown}`, `trusted  ${pinned}`],
      hint: `Ask the server's owner; if it was renewed: chat trust forget ${name}`,
    },
  );
}

function tlsFailed(name: string, cause?: Error): ChatError {
  return new ChatError('unreachable', `no TLS connection to ${name}`, {
    hint: 'If that server has no TLS: put http:// before the address.',
    cause,
  });
}

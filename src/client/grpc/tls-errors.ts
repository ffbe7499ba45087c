import { ChatError } from '../../shared/errors.js';

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
export function fingerprintChanged(name: string, shown: string, pinned: string): ChatError {
  return new ChatError(
    'certificate-untrusted',
    `the certificate of ${name} is not the one that is trusted: SHA256 ${shown} instead of ${pinned}`,
    { hint: `Ask the server's owner; if it was renewed: chat trust --forget ${name}` },
  );
}

/** There is no TLS to be had there. */
export function tlsFailed(name: string, cause?: Error): ChatError {
  return new ChatError('unreachable', `no TLS connection to ${name}`, {
    hint: 'If that server has no TLS: put http:// before the address.',
    cause,
  });
}

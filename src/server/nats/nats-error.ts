import { AuthorizationError } from '@nats-io/transport-node';
import { errorCode } from '../../shared/error-code.js';
import { ChatError } from '../../shared/errors.js';
import { thrownMessage } from '../../shared/thrown-message.js';
import { natsName, type NatsStoreOptions } from './nats-store-options.js';

/** What Node and OpenSSL say of a certificate that they do not accept begins so. */
const certificateCodes = /^(DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|CERT_|ERR_TLS_CERT)/;
/** What OpenSSL says of a file that it cannot use. */
const fileCodes = /^ERR_OSSL_(PEM|X509|ASN1|EVP|DECODER)/;

/** What to do where the reason by itself does not say it. */
const certificateHints: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'Renew the certificate of nats-server.',
  ERR_TLS_CERT_ALTNAME_INVALID: 'Name NATS in --store as its certificate does, or make one for that name.',
};

/** Why NATS cannot be used as it is, with the next step; undefined where waiting may help. */
export function permanentNatsError(
  error: unknown,
  options: Pick<NatsStoreOptions, 'servers' | 'tls' | 'login'>,
): ChatError | undefined {
  const name = natsName(options);
  const code = errorCode(error) || errorCode(causeOf(error));
  if (isRefusedLogin(error)) {
    return new ChatError('login-refused', `NATS at ${name} refused the login`, {
      hint:
        options.login.kind === 'none'
          ? 'Say who logs in: --store nats://HOST?creds=FILE, or ?user=NAME&password-file=FILE.'
          : 'Correct what --store names, or the users of nats-server.',
      cause: error,
    });
  }
  if (certificateCodes.test(code)) {
    return new ChatError('unreachable', `the certificate of NATS at ${name}: ${thrownMessage(error)}`, {
      hint:
        certificateHints[code] ??
        'Name the authority that signed it: --store tls://HOST?ca=FILE (or the certificate itself).',
      cause: error,
    });
  }
  if (fileCodes.test(code)) {
    return new ChatError('usage', `--store: ca, cert or key is no use for TLS: ${thrownMessage(error)}`, {
      hint: 'They are files in PEM, and the key belongs to the certificate.',
      cause: error,
    });
  }
  // The library has no code for it.
  if (thrownMessage(error).includes("does not support 'tls'")) {
    return new ChatError('unreachable', `NATS at ${name} speaks no TLS`, {
      hint: 'Give nats-server a certificate (tls { cert_file, key_file }), or write nats:// in place of tls://.',
      cause: error,
    });
  }
  return undefined;
}

/** NATS ends the connection of whoever has no certificate that it takes, and says nothing. */
export function clientCertificateRequired(options: Pick<NatsStoreOptions, 'servers' | 'tls'>): ChatError {
  const { tls } = options;
  const name = natsName(options);
  return tls?.certificate === undefined
    ? new ChatError('login-refused', `NATS at ${name} wants a certificate of this server`, {
        hint: 'Name one that its authority signed: --store tls://HOST?cert=FILE&key=FILE.',
      })
    : new ChatError('login-refused', `NATS at ${name} does not take ${tls.certificate}`, {
        hint: 'The authority in ca_file of nats-server must have signed it, and it must not have expired.',
      });
}

/** The library wraps what each server said. */
function isRefusedLogin(error: unknown): boolean {
  if (error instanceof AuthorizationError || /authorization violation/i.test(thrownMessage(error)))
    return true;
  const cause = causeOf(error);
  return cause !== undefined && isRefusedLogin(cause);
}

function causeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'cause' in error ? error.cause : undefined;
}

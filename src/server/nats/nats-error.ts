import { AuthorizationError } from '@nats-io/transport-node';
import { errorCode } from '../../shared/error-code.js';
import { ChatError } from '../../shared/errors.js';
import { thrownMessage } from '../../shared/thrown-message.js';
import { natsName, type NatsStoreOptions } from './nats-store-options.js';

/** Of Node and OpenSSL, for a certificate that is not accepted. */
const certificateCodes = /^(DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|CERT_|ERR_TLS_CERT)/;
/** Of OpenSSL, for an unusable file. */
const fileCodes = /^ERR_OSSL_(PEM|X509|ASN1|EVP|DECODER)/;

const certificateHints: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'Renew the certificate of nats-server.',
  ERR_TLS_CERT_ALTNAME_INVALID: 'Name NATS in --store as its certificate does, or make one for that name.',
};

/** Undefined if waiting may help. */
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
          ? 'Add a login: --store nats://HOST?creds=FILE, or ?user=NAME&password-file=FILE.'
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
    return new ChatError('usage', `--store: ca, cert or key is not usable for TLS: ${thrownMessage(error)}`, {
      hint: 'They are files in PEM, and the key belongs to the certificate.',
      cause: error,
    });
  }
  if (thrownMessage(error).includes("does not support 'tls'")) {
    return new ChatError('unreachable', `NATS at ${name} does not speak TLS`, {
      hint: 'Give nats-server a certificate (tls { cert_file, key_file }), or write nats:// instead of tls://.',
      cause: error,
    });
  }
  return undefined;
}

/** NATS closes the connection of a client without a valid certificate, without an error. */
export function clientCertificateRequired(options: Pick<NatsStoreOptions, 'servers' | 'tls'>): ChatError {
  const { tls } = options;
  const name = natsName(options);
  return tls?.certificate === undefined
    ? new ChatError('login-refused', `NATS at ${name} requires a client certificate`, {
        hint: 'Name one that its authority signed: --store tls://HOST?cert=FILE&key=FILE.',
      })
    : new ChatError('login-refused', `NATS at ${name} does not accept ${tls.certificate}`, {
        hint: 'The authority in ca_file of nats-server must have signed it, and it must not have expired.',
      });
}

/** The library wraps the errors of the servers. */
function isRefusedLogin(error: unknown): boolean {
  if (error instanceof AuthorizationError || /authorization violation/i.test(thrownMessage(error)))
    return true;
  const cause = causeOf(error);
  return cause !== undefined && isRefusedLogin(cause);
}

function causeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'cause' in error ? error.cause : undefined;
}

import { Metadata, status, type StatusObject } from '@grpc/grpc-js';
import { ChatError, type ErrorCode } from '../../shared/errors.js';
import { metadataKeys } from '../../shared/services.js';

/** What each error code is on the wire. */
export const grpcStatus = {
  internal: status.INTERNAL,
  usage: status.INVALID_ARGUMENT,
  unreachable: status.UNAVAILABLE,
  'timed-out': status.DEADLINE_EXCEEDED,
  'may-not-have-arrived': status.UNKNOWN,
  'login-refused': status.UNAUTHENTICATED,
  'rate-limited': status.RESOURCE_EXHAUSTED,
  'message-refused': status.INVALID_ARGUMENT,
  'message-too-large': status.RESOURCE_EXHAUSTED,
  'certificate-untrusted': status.INTERNAL,
  unsupported: status.UNIMPLEMENTED,
  'store-unavailable': status.UNAVAILABLE,
  'shutting-down': status.UNAVAILABLE,
  'data-directory': status.INTERNAL,
  'address-in-use': status.INTERNAL,
  'already-exists': status.ALREADY_EXISTS,
  'not-found': status.NOT_FOUND,
  cancelled: status.CANCELLED,
} as const satisfies Record<ErrorCode, status>;

/** A status as handlers and grpc-js give it. */
type AnyStatus = Pick<StatusObject, 'code' | 'details'> & { readonly metadata?: Metadata | null | undefined };

/** A status text is at most this many characters: it travels in a header. */
const maxTextChars = 200;

/**
 * The status that answers a failed call. The text is plain ASCII, since Qt clients show it undecoded;
 * what went wrong inside the server stays in its log.
 */
export function statusOf(thrown: unknown): StatusObject {
  const error = ChatError.from(thrown);
  const code = grpcStatus[error.code];
  const text = code === status.INTERNAL ? 'internal error' : error.message;
  const metadata = new Metadata();
  if (error.retryAfterMs !== undefined) metadata.set(metadataKeys.retryAfterMs, String(error.retryAfterMs));
  return { code, details: plainAscii(text), metadata };
}

/**
 * The same status with its text as gRPC encodes it: grpc-js would also encode spaces, and Qt clients show them undecoded.
 * What stands in the metadata takes the place of what grpc-js makes of the text.
 */
export function withPlainText(answer: AnyStatus): AnyStatus {
  if (answer.code === status.OK || !answer.details) return answer;
  const metadata = answer.metadata?.clone() ?? new Metadata();
  metadata.set('grpc-message', plainAscii(answer.details).replaceAll('%', '%25'));
  return { ...answer, metadata };
}

function plainAscii(text: string): string {
  return text.replace(/[^ -~]/g, '?').slice(0, maxTextChars);
}

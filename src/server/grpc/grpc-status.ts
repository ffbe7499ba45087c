import { Metadata, status, type StatusObject } from '@grpc/grpc-js';
import { ChatError, errorTraits } from '../../shared/errors.js';
import { metadataKeys } from '../../shared/services.js';

type AnyStatus = Pick<StatusObject, 'code' | 'details'> & { readonly metadata?: Metadata | null | undefined };

/** The text is sent in a header. */
const maxTextChars = 200;

/** The text is plain ASCII, since Qt clients show it undecoded. Details of an internal error stay in the server log. */
export function statusOf(thrown: unknown): StatusObject {
  const error = ChatError.from(thrown);
  const code = status[errorTraits[error.code].grpcStatus];
  const text = code === status.INTERNAL ? 'internal error' : error.message;
  const metadata = new Metadata();
  if (error.retryAfterMs !== undefined) metadata.set(metadataKeys.retryAfterMs, String(error.retryAfterMs));
  return { code, details: plainAscii(text), metadata };
}

/** Encodes the text as gRPC requires, and no more: grpc-js would also encode spaces, and Qt clients show them undecoded. */
export function withPlainText(answer: AnyStatus): AnyStatus {
  if (answer.code === status.OK || !answer.details) return answer;
  const metadata = answer.metadata?.clone() ?? new Metadata();
  metadata.set('grpc-message', plainAscii(answer.details).replaceAll('%', '%25'));
  return { ...answer, metadata };
}

function plainAscii(text: string): string {
  return text.replace(/[^ -~]/g, '?').slice(0, maxTextChars);
}

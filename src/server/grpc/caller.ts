import type { Metadata } from '@grpc/grpc-js';
import { ChatError } from '../../shared/errors.js';
import type { ResponseWriter } from './response-writer.js';

/** Who makes a call, and when it is over. */
export type Caller = {
  /** The account's name. */
  readonly name: string;
  /** What the caller sent along. Unchecked. */
  readonly metadata: Metadata;
  /** Aborts when the caller goes away, its account changes or the server stops; the reason is a `ChatError`. */
  readonly signal: AbortSignal;
  /** Writes to the call's stream, past the queue that grpc-js keeps for it. */
  readonly writer: ResponseWriter;
};

// A call is known to its interceptor and to its handler by the same metadata object.
const callerKey = Symbol('caller');
type CheckedMetadata = Metadata & { [callerKey]?: Caller };

/** Notes who makes the call with this metadata. */
export function setCaller(metadata: CheckedMetadata, caller: Caller): void {
  metadata[callerKey] = caller;
}

/** Who makes the call with this metadata. Throws `internal` for a call that passed no login. */
export function callerOf(metadata: CheckedMetadata): Caller {
  const caller = metadata[callerKey];
  if (!caller) throw new ChatError('internal', 'the call has passed no login');
  return caller;
}

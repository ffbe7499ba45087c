import type { Metadata } from '@grpc/grpc-js';
import { ChatError } from '../../shared/errors.js';
import type { ResponseWriter } from './response-writer.js';

/** The user who makes a call, and what the handler needs to answer. */
export type Caller = {
  /** The account id. */
  readonly account: string;
  readonly name: string;
  /** As the client sent it, unchecked. */
  readonly metadata: Metadata;
  /** Aborts with a `ChatError` when the client disconnects, the account changes or the server stops. */
  readonly signal: AbortSignal;
  readonly writer: ResponseWriter;
  /** Releases the memory of the oldest messages of a stream of requests. */
  readonly finishMessages: (count: number) => void;
};

// The interceptor and the handler of a call share its metadata object.
const callerKey = Symbol('caller');
type CheckedMetadata = Metadata & { [callerKey]?: Caller };

export function setCaller(metadata: CheckedMetadata, caller: Caller): void {
  metadata[callerKey] = caller;
}

/** Throws `internal` for a call without a login. */
export function callerOf(metadata: CheckedMetadata): Caller {
  const caller = metadata[callerKey];
  if (!caller) throw new ChatError('internal', 'the call has passed no login');
  return caller;
}

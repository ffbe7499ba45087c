import { thrownMessage } from './thrown-message.js';

/** What a failure says about trying again. */
export type RetryPolicy = {
  readonly permanent?: true;
  /** It is not known whether the operation happened. */
  readonly ambiguous?: true;
  /** Another server of the room may succeed. */
  readonly otherServer?: true;
  /** The same server may succeed later. */
  readonly afterDelay?: true;
  /** The message is not stored, even if an earlier answer was lost: the server checks the id before the content. */
  readonly rejectsMessage?: true;
};

type ErrorTraits = {
  /** The name of the gRPC status that carries the code. */
  readonly grpcStatus: string;
  readonly exitCode: number;
  readonly retry: RetryPolicy;
};

const permanent: RetryPolicy = { permanent: true };
const unanswered: RetryPolicy = { ambiguous: true, otherServer: true, afterDelay: true };
const messageRejected: RetryPolicy = { rejectsMessage: true };
const unspecified: RetryPolicy = {};

/** Every way in which this program fails. `docs/errors.md` explains each code. */
export const errorTraits = {
  internal: { grpcStatus: 'INTERNAL', exitCode: 1, retry: unspecified },
  usage: { grpcStatus: 'INVALID_ARGUMENT', exitCode: 2, retry: permanent },
  unreachable: { grpcStatus: 'UNAVAILABLE', exitCode: 3, retry: { otherServer: true, afterDelay: true } },
  'timed-out': { grpcStatus: 'DEADLINE_EXCEEDED', exitCode: 3, retry: unanswered },
  'may-not-have-arrived': { grpcStatus: 'UNKNOWN', exitCode: 3, retry: unanswered },
  'login-refused': { grpcStatus: 'UNAUTHENTICATED', exitCode: 4, retry: permanent },
  'rate-limited': { grpcStatus: 'RESOURCE_EXHAUSTED', exitCode: 5, retry: { afterDelay: true } },
  'message-refused': { grpcStatus: 'INVALID_ARGUMENT', exitCode: 6, retry: messageRejected },
  'message-too-large': { grpcStatus: 'RESOURCE_EXHAUSTED', exitCode: 6, retry: messageRejected },
  'certificate-untrusted': { grpcStatus: 'INTERNAL', exitCode: 7, retry: permanent },
  unsupported: { grpcStatus: 'UNIMPLEMENTED', exitCode: 1, retry: permanent },
  'store-unavailable': { grpcStatus: 'UNAVAILABLE', exitCode: 3, retry: unanswered },
  'shutting-down': { grpcStatus: 'UNAVAILABLE', exitCode: 3, retry: unanswered },
  'data-directory': { grpcStatus: 'INTERNAL', exitCode: 1, retry: unspecified },
  'address-in-use': { grpcStatus: 'INTERNAL', exitCode: 1, retry: unspecified },
  'already-exists': { grpcStatus: 'ALREADY_EXISTS', exitCode: 1, retry: unspecified },
  'not-found': { grpcStatus: 'NOT_FOUND', exitCode: 1, retry: unspecified },
  'no-such-room': { grpcStatus: 'NOT_FOUND', exitCode: 8, retry: messageRejected },
  'not-permitted': { grpcStatus: 'PERMISSION_DENIED', exitCode: 8, retry: messageRejected },
  'room-archived': { grpcStatus: 'FAILED_PRECONDITION', exitCode: 8, retry: messageRejected },
  'limit-reached': { grpcStatus: 'RESOURCE_EXHAUSTED', exitCode: 8, retry: messageRejected },
  cancelled: { grpcStatus: 'CANCELLED', exitCode: 130, retry: { ambiguous: true } },
} as const satisfies Readonly<Record<string, ErrorTraits>>;

/** One of `errorCodes`. */
export type ErrorCode = keyof typeof errorTraits;

export const errorCodes = Object.keys(errorTraits) as readonly ErrorCode[];

/** Why a login that was accepted ends: the texts of a `login-refused` that only the user of the account gets. */
export const revocations = {
  removed: 'your account was removed',
  passwordChanged: 'your password was changed',
} as const;

/** Optional parts of a `ChatError`. */
export type ErrorDetails = {
  /** Parts of the message that are easier to compare on rows of their own. */
  rows?: readonly string[];
  hint?: string;
  /** For `rate-limited`: after how many milliseconds a retry is accepted. */
  retryAfterMs?: number;
  /** Shown only with `--debug`. */
  cause?: unknown;
};

/** The only error type that crosses modules: a code for programs, a sentence for people. */
export class ChatError extends Error {
  override readonly name = 'ChatError';
  readonly code: ErrorCode;
  readonly rows: readonly string[];
  readonly hint: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, message: string, { rows = [], hint, retryAfterMs, cause }: ErrorDetails = {}) {
    super(message, { cause });
    this.code = code;
    this.rows = rows;
    this.hint = hint;
    this.retryAfterMs = retryAfterMs;
  }

  get retry(): RetryPolicy {
    return errorTraits[this.code].retry;
  }

  /** Converts anything that was thrown: `internal` unless it is a ChatError. */
  static from(thrown: unknown): ChatError {
    if (thrown instanceof ChatError) return thrown;
    return new ChatError('internal', thrownMessage(thrown), { cause: thrown });
  }
}

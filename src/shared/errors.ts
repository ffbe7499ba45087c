import { thrownMessage } from './thrown-message.js';

/**
 * Every way this program fails, as a closed list. `server/grpc/grpc-status.ts` maps a code to a gRPC status,
 * `cli/io/exit-codes.ts` to an exit code; a test keeps both and `docs/errors.md` in step with this list.
 */
export const errorCodes = [
  'internal',
  'usage',
  'unreachable',
  'timed-out',
  'may-not-have-arrived',
  'login-refused',
  'rate-limited',
  'message-refused',
  'message-too-large',
  'certificate-untrusted',
  'unsupported',
  'store-unavailable',
  'shutting-down',
  'data-directory',
  'address-in-use',
  'already-exists',
  'not-found',
  'cancelled',
] as const;

/** One of `errorCodes`. */
export type ErrorCode = (typeof errorCodes)[number];

/** What else an error can carry. */
export type ErrorDetails = {
  /** The next thing to try, as a sentence for a person. */
  hint?: string;
  /** For `rate-limited`: after how many milliseconds a retry is welcome. */
  retryAfterMs?: number;
  /** What led to it; shown only with `--debug`. */
  cause?: unknown;
};

/** The one error type: a code for programs, a sentence for people. */
export class ChatError extends Error {
  override readonly name = 'ChatError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, message: string, { hint, retryAfterMs, cause }: ErrorDetails = {}) {
    super(message, { cause });
    this.code = code;
    this.hint = hint;
    this.retryAfterMs = retryAfterMs;
  }

  /** Makes a ChatError of anything that was thrown; what is not one already is `internal`. */
  static from(thrown: unknown): ChatError {
    if (thrown instanceof ChatError) return thrown;
    return new ChatError('internal', thrownMessage(thrown), { cause: thrown });
  }
}

import type { ErrorCode } from '../shared/errors.js';

const refusals: ReadonlySet<ErrorCode> = new Set(['message-refused', 'message-too-large']);

/**
 * Whether a failed attempt proves that the message is not stored, even if the answer to an earlier attempt was lost: the
 * server looks for the id before it looks at the content. No other failure says anything about earlier attempts.
 */
export function isRefusal(code: ErrorCode): boolean {
  return refusals.has(code);
}

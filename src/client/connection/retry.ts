import type { ErrorCode } from '../../shared/errors.js';

const final: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'login-refused',
  'certificate-untrusted',
  'unsupported',
  'usage',
]);

/** Whether a lost subscription is lost for good: trying again would not help. */
export function isPermanent(code: ErrorCode): boolean {
  return final.has(code);
}

const refusals: ReadonlySet<ErrorCode> = new Set(['message-refused', 'message-too-large']);

/**
 * Whether a failed attempt proves that the message is not stored, even if the answer to an earlier attempt was lost: the
 * server looks for the id before it looks at the content. No other failure says anything about earlier attempts.
 */
export function isRefusal(code: ErrorCode): boolean {
  return refusals.has(code);
}

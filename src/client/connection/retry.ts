import type { ErrorCode } from '../../shared/errors.js';

const final: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'login-refused',
  'certificate-untrusted',
  'unsupported',
  'usage',
]);

/** Whether another attempt to subscribe would fail as well. */
export function isPermanent(code: ErrorCode): boolean {
  return final.has(code);
}

const refusals: ReadonlySet<ErrorCode> = new Set(['message-refused', 'message-too-large']);

/**
 * Whether an error proves that the message is not stored, even if the answer to an earlier attempt was lost:
 * the server looks up the id before it checks the content. No other error says anything about earlier
 * attempts.
 */
export function isRefusal(code: ErrorCode): boolean {
  return refusals.has(code);
}

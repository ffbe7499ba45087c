import type { ErrorCode } from '../../shared/errors.js';

const final: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'login-refused',
  'certificate-untrusted',
  'unsupported',
  'usage',
]);

/** Whether a lost subscription is lost for good: trying again would not help. */
export function cannotRecover(code: ErrorCode): boolean {
  return final.has(code);
}

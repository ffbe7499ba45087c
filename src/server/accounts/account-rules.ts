import { ChatError } from '../../shared/errors.js';

/** Names appear in gRPC metadata and in lists, and are typed after `@`. */
const nameForm = /^[A-Za-z0-9_.-]{1,32}$/;
// gRPC metadata is printable ASCII, and implementations trim spaces at either end.
const passwordForm = /^[!-~]([ -~]*[!-~])?$/;
const passwordLengthLimits = { min: 8, max: 128 };

/** What `checkPassword` accepts, in words. */
export const passwordRule = `${passwordLengthLimits.min} to ${passwordLengthLimits.max} printable ASCII characters, without a space at either end`;

export function isAccountName(name: string): boolean {
  return nameForm.test(name);
}

export function checkName(name: string): void {
  if (isAccountName(name)) return;
  throw new ChatError('usage', 'this cannot be a user name', {
    hint: 'use 1 to 32 characters of A-Z, a-z, 0-9, _ . and -',
  });
}

export function checkPassword(password: string): void {
  const { min, max } = passwordLengthLimits;
  if (password.length < min || password.length > max) {
    throw new ChatError('usage', `a password must have ${min} to ${max} characters`);
  }
  if (!passwordForm.test(password)) {
    throw new ChatError('usage', 'a password must be printable ASCII, without a space at either end');
  }
}

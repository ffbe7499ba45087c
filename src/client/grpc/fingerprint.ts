import { ChatError } from '../../shared/errors.js';

/** Reads a SHA-256 in hexadecimal, with or without colons and in any case, into `AB:CD:…`. Throws `usage`. */
export function parseFingerprint(text: string): string {
  const digits = text.trim().replaceAll(':', '').toUpperCase();
  if (!/^[0-9A-F]{64}$/.test(digits)) {
    throw new ChatError('usage', 'a fingerprint is a SHA-256: 64 hexadecimal digits, with or without colons');
  }
  return digits.replace(/..(?!$)/g, '$&:');
}

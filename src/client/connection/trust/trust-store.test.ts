import { expect, test } from '@jest/globals';
import { parseFingerprint } from './trust-store.js';

test('a fingerprint is parsed with and without colons, in any case', () => {
  const canonical = Array<string>(32).fill('AB').join(':');
  for (const text of [canonical, canonical.toLowerCase(), 'ab'.repeat(32), ` ${canonical}\n`]) {
    expect(parseFingerprint(text)).toBe(canonical);
  }
});

test.each(['', 'AB', 'zz'.repeat(32), 'ab'.repeat(33)])('%j is not a fingerprint', (text) => {
  expect(() => parseFingerprint(text)).toThrow(expect.objectContaining({ code: 'usage' }));
});

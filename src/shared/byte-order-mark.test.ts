import { expect, test } from '@jest/globals';
import { withoutByteOrderMark, withoutMark } from './byte-order-mark.js';

test.each([
  ['\ufeffqwerty', 'qwerty'],
  ['qwerty', 'qwerty'],
  ['q\ufeff', 'q\ufeff'],
  ['\ufeff\ufeff', '\ufeff'],
  ['\ufeff', ''],
  ['', ''],
])('%j becomes %j without its byte order mark', (text, expected) => {
  expect(withoutMark(text)).toBe(expected);
  expect(withoutByteOrderMark(Buffer.from(text)).toString()).toBe(expected);
  expect(withoutByteOrderMark(new TextEncoder().encode(`x${text}`).subarray(1)).toString()).toBe(expected);
});

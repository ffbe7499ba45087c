import { expect, test } from '@jest/globals';
import { textWidth } from './text-width.js';

test.each([
  ['क्ष', 2],
  ['ക്ഷ', 2],
  ['กำ', 2],
  ['می\u200cخواهم', 7],
  ['각', 2],
  ['\u1100\u1161\u11a8', 2],
  ['e\u0301', 1],
  ['漢字', 4],
  ['👩‍👩‍👧‍👦', 2],
  ['🇩🇪', 2],
  ['abc', 3],
] as const)('%s takes %d cells', (text, cells) => {
  expect(textWidth(text)).toBe(cells);
});

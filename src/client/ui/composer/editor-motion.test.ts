import { expect, test } from '@jest/globals';
import { lineAbove, lineBelow } from './editor-motion.js';

/** The text with the moved cursor, `|`; undefined if there is no such line. */
function moved(move: typeof lineAbove, marked: string): string | undefined {
  const text = marked.replace('|', '');
  const to = move(text, marked.indexOf('|'));
  return to === undefined ? undefined : `${text.slice(0, to)}|${text.slice(to)}`;
}

test.each([
  ['one\ntw|o', 'on|e\ntwo'],
  ['one\n\n|two', 'one\n|\ntwo'],
  ['a\nlonge|r', 'a|\nlonger'],
  // A column is one grapheme.
  ['👩‍👩‍👧x\nab|c', '👩‍👩‍👧x|\nabc'],
  ['on|e\ntwo', undefined],
  ['one\r\ntw|o', 'on|e\r\ntwo'],
  ['one\rtw|o', 'on|e\rtwo'],
  ['a\r\nlonge|r', 'a|\r\nlonger'],
  ['\none|', '|\none'],
])('lineAbove of %j is the same column one line up', (from, to) => {
  expect(moved(lineAbove, from)).toBe(to);
});

test.each([
  ['on|e\ntwo', 'one\ntw|o'],
  ['longe|r\na', 'longer\na|'],
  ['ab|c\n👩‍👩‍👧xy', 'abc\n👩‍👩‍👧x|y'],
  ['one\ntw|o', undefined],
  ['on|e\r\ntwo', 'one\r\ntw|o'],
  ['on|e\rtwo', 'one\rtw|o'],
])('lineBelow of %j is the same column one line down', (from, to) => {
  expect(moved(lineBelow, from)).toBe(to);
});

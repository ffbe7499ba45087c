import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { mentionParts, mentionPattern } from './mentions.js';

/** The highlighted parts of a text. */
function mentioned(text: string, ...words: string[]): string[] {
  const pattern = mentionPattern(words);
  return pattern ? mentionParts(text, pattern).filter((_, index) => index % 2 === 1) : [];
}

test('whole words match in any case, with their @, beside punctuation and in other scripts', () => {
  expect(mentioned('User1: hi @user1, (USER1)', 'user1')).toEqual(['User1', '@user1', 'USER1']);
  expect(mentioned('Привет, Ольга!', 'ольга')).toEqual(['Ольга']);
  expect(mentioned('user12 xuser1 user1_', 'user1')).toEqual([]);
});

test('words match in every encoding of their letters, and parts keep the original text', () => {
  expect(mentioned('ask Rene\u0301, please', 'René')).toEqual(['Rene\u0301']);
  expect(mentioned('ask René, please', 'rene\u0301')).toEqual(['René']);
  expect(mentioned('in der STRASSE, Straße', 'straße')).toEqual(['STRASSE', 'Straße']);
  expect(mentioned('İbrahim! Οδυσσεύς', 'ibrahim', 'ΟΔΥΣΣΕΎΣ')).toEqual(['İbrahim', 'Οδυσσεύς']);
});

test('special characters of regular expressions match literally', () => {
  expect(mentioned('costs (a.b) or aXb', 'a.b')).toEqual(['a.b']);
  expect(mentioned('c++ and c', 'c++')).toEqual(['c++']);
});

test('the parts of any text join to the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.array(fc.string({ unit: 'grapheme' })), (text, words) => {
      const pattern = mentionPattern(words);
      if (pattern) expect(mentionParts(text, pattern).join('')).toBe(text);
    }),
  );
});

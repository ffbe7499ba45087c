import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { anyText } from '../../../../test/support/any-text.js';
import { sanitiseLine, sanitiseText } from './sanitise.js';

const hostilePieces = [
  '\x1b',
  '\x1b[',
  '\x1b]',
  '\x1bP',
  '\x1b\\',
  '\x07',
  '\x9b',
  '\x9c',
  '\x9d',
  '\x90',
  '\r',
  '\n',
  '\t',
  '0;',
  '31m',
  'word',
  ' ',
  '1',
  '\u20e3',
  '\ufe0f',
  '\u200d',
  '👩',
  '🏽',
  '❤',
  '\u0301',
  '\u0301'.repeat(9),
  '\u202e',
  '\u{e0041}',
  '\ud800',
  '\udc00',
  '日',
];
const hostileText = fc.oneof(
  anyText(),
  fc.array(fc.constantFrom(...hostilePieces), { maxLength: 30 }).map((pieces) => pieces.join('')),
);

describe('sanitiseText', () => {
  test('removes every control character except the newline', () => {
    fc.assert(fc.property(hostileText, (text) => !/(?!\n)\p{Cc}/u.test(sanitiseText(text))));
  });

  test('is idempotent', () => {
    fc.assert(
      fc.property(hostileText, (text) => expect(sanitiseText(sanitiseText(text))).toBe(sanitiseText(text))),
      { numRuns: 400 },
    );
  });

  test('keeps printable text', () => {
    for (const text of [
      'plain',
      'naïve café',
      '日本語',
      'שלום',
      'مرحبا',
      '👩🏽‍🚀 👨‍👩‍👧‍👦 ❤️ 1️⃣ 🇩🇪',
      'a\nb',
      '<b>&amp;',
    ]) {
      expect(sanitiseText(text)).toBe(text);
    }
  });

  test.each([
    ['a title', 'a\x1b]0;gotcha\x07b', 'ab'],
    ['a clipboard write', 'a\x1b]52;c;aGk=\x1b\\b', 'ab'],
    ['a hyperlink', '\x1b]8;;javascript:x\x1b\\click\x1b]8;;\x1b\\', 'click'],
    ['8-bit forms', 'a\x9d0;x\x9cb\x9b31mc\x90q\x9cd', 'abcd'],
    ['an image over several lines', 'a\x1bPq#0\n#1\x1b\\b', 'ab'],
    ['a kitty image', 'a\x1b_Ga=T;AAAA\x1b\\b', 'ab'],
    ['colours and cursor moves', '\x1b[31mred\x1b[0m\x1b[2J\x1b[1;1H', 'red'],
    ['a charset switch', '\x1b(0lqk', 'lqk'],
    ['a reset', 'a\x1bcb', 'ab'],
    ['backspaces, bells and deletes', 'a\b\x07\x00\x7fb', 'ab'],
  ])('removes %s', (_, text, clean) => {
    expect(sanitiseText(text)).toBe(clean);
  });

  test('keeps the text after an unterminated control string', () => {
    expect(sanitiseText('before\x1b]0;visible\nnext line')).toBe('before0;visible\nnext line');
    expect(sanitiseText('before\x1bPvisible')).toBe('beforevisible');
  });

  test('removes characters that reorder or hide', () => {
    const hidden =
      '\u061c\u200b\u200c\u200e\u200f\u202a\u202e\u2028\u2029\u2060\u2066\u2069\ufeff\u00ad\u3164\u{e0041}\u{10eeee}';
    expect(sanitiseText(`a${hidden}b`)).toBe('ab');
  });

  test('keeps joiners inside emoji, of limited length', () => {
    expect(sanitiseText('a\u200db')).toBe('ab');
    expect(sanitiseText('user\ufe0f')).toBe('user');
    const endless = Array.from({ length: 50 }, () => '👩').join('\u200d');
    expect(
      Math.max(
        ...sanitiseText(endless)
          .split('👩👩')
          .map((part) => part.length),
      ),
    ).toBeLessThan(20);
  });

  test('keeps joiners between letters of scripts that need them', () => {
    for (const text of ['می\u200cخواهم', 'خانه\u200cها', 'क्\u200dष', 'क्\u200cष', 'ශ්\u200dර']) {
      expect(sanitiseText(text)).toBe(text);
      expect(sanitiseLine(text)).toBe(text);
    }
  });

  test.each([
    ['between letters that do not join', 'دا\u200cن', 'دان'],
    ['at the end of a word', 'ی\u200c و', 'ی و'],
    ['before a Latin letter', 'ی\u200ca', 'یa'],
    ['without a sign that ties', 'क\u200dष', 'कष'],
    ['more than one at a place', 'ی\u200c\u200cخ', 'یخ'],
    ['a mixture', 'क्\u200c\u200dष', 'क्\u200cष'],
  ])('removes joiners that only hide text: %s', (_, text, clean) => {
    expect(sanitiseText(text)).toBe(clean);
    expect(sanitiseText(clean)).toBe(clean);
  });

  test('keeps at most eight marks per character', () => {
    expect(sanitiseText(`z${'\u0301'.repeat(100)}!`)).toBe(`z${'\u0301'.repeat(8)}!`);
  });

  test('converts line ends to newlines, tabs to spaces, lone surrogates to replacement characters', () => {
    expect(sanitiseText('a\r\nb\rc\td\ud800')).toBe('a\nb\nc    d\ufffd');
  });

  test('takes time linear in the length of any text', () => {
    for (const piece of [
      '\x9d',
      '\x1b]',
      '\x90',
      '\x1b[',
      '\x1b',
      '\u0301',
      '👩\u200d',
      '\ufe0f',
      'ی\u200c',
      'ی\u0650',
      'क्\u200d',
    ]) {
      expect(sanitiseText(piece.repeat(100_000)).length).toBeLessThan(500_000);
    }
  });
});

describe('sanitiseLine', () => {
  test('returns a single row', () => {
    fc.assert(fc.property(hostileText, (text) => !/\p{Cc}/u.test(sanitiseLine(text))));
    expect(sanitiseLine('a\r\nb\tc')).toBe('a b c');
  });
});

import { describe, expect, test } from '@jest/globals';
import {
  backgroundOfEnvironment,
  brightnessOf,
  colourQuery,
  unknownColours,
  withColourReply,
} from './terminal-colours.js';

describe('withColourReply', () => {
  test.each([
    ['\x1b]11;rgb:0000/0000/0000\x1b\\', 'dark'],
    ['\x1b]11;rgb:ffff/ffff/ffff\x07', 'light'],
    ['\x1b]11;rgb:fdfd/f6f6/e3e3\x1b\\', 'light'],
    ['\x1b]11;rgb:00/2b/36\x07', 'dark'],
    ['\x1b]11;rgba:f/f/f/8\x07', 'light'],
  ] as const)('reads from %j that the background is %s', (sequence, background) => {
    expect(brightnessOf(withColourReply(unknownColours, sequence))).toBe(background);
  });

  test('reads the foreground and the palette', () => {
    const replies = ['\x1b]10;rgb:d0d0/d0d0/d0d0\x1b\\', '\x1b]4;8;rgb:7f7f/7f7f/7f7f\x07'];
    expect(replies.reduce(withColourReply, unknownColours)).toEqual({
      ...unknownColours,
      foreground: { red: 208, green: 208, blue: 208 },
      palette: { 8: { red: 127, green: 127, blue: 127 } },
    });
  });

  test.each([
    '\x1b]12;rgb:0/0/0\x07',
    '\x1b]4;16;rgb:0/0/0\x07',
    '\x1b]11;?\x07',
    '\x1b]11;red\x07',
    '\x1b[?62c',
    '',
  ])('ignores %j', (sequence) => expect(withColourReply(unknownColours, sequence)).toBe(unknownColours));

  test('returns the same object for a reply that says nothing new', () => {
    for (const sequence of ['\x1b]10;rgb:1/2/3\x07', '\x1b]11;rgb:1/2/3\x07', '\x1b]4;3;rgb:1/2/3\x07']) {
      const known = withColourReply(unknownColours, sequence);
      expect(withColourReply(known, sequence)).toBe(known);
    }
  });
});

test('the palette is queried only if there are 16 colours', () => {
  expect(colourQuery('256')).not.toContain(']4;');
  expect(colourQuery('16').match(/\]4;/g)).toHaveLength(16);
});

test.each([
  ['15;0', 'dark'],
  ['0;15', 'light'],
  ['0;default;7', 'light'],
  ['12;8', 'dark'],
  ['default;default', undefined],
  ['0;99', undefined],
  ['', undefined],
] as const)('COLORFGBG=%s is %s', (COLORFGBG, background) => {
  expect(backgroundOfEnvironment({ COLORFGBG })).toBe(background);
});

import { describe, expect, test } from '@jest/globals';
import { backgroundOfEnvironment, backgroundOfReply } from './background.js';

describe('backgroundOfReply', () => {
  test.each([
    ['\x1b]11;rgb:0000/0000/0000\x1b\\', 'dark'],
    ['\x1b]11;rgb:ffff/ffff/ffff\x07', 'light'],
    ['\x1b]11;rgb:fdfd/f6f6/e3e3\x1b\\', 'light'],
    ['\x1b]11;rgb:00/2b/36\x07', 'dark'],
    ['\x1b]11;rgba:f/f/f/8\x07', 'light'],
  ] as const)('%j is %s', (sequence, background) => {
    expect(backgroundOfReply(sequence)).toBe(background);
  });

  test.each(['\x1b]10;rgb:0/0/0\x07', '\x1b]11;?\x07', '\x1b]11;red\x07', '\x1b[?62c', ''])(
    '%j gives no background',
    (sequence) => expect(backgroundOfReply(sequence)).toBeUndefined(),
  );
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

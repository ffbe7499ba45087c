import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { textWidth } from '../../../client/terminal/text/text-width.js';
import { ChatError, errorCodes } from '../../../shared/errors.js';
import { characterFinding, keyboardFinding } from './check-terminal.js';
import { failedFinding, findingText, type Finding } from './finding.js';

const images: Finding = {
  about: 'images',
  status: 'note',
  text: 'as half blocks: tmux does not pass images to the outer terminal',
  advice: 'For pixels: in kitty 0.28 put set -g allow-passthrough on in tmux.conf.',
};

test('a finding is one line, and its advice another, if the width is not limited', () => {
  expect(findingText(images, Infinity)).toBe(
    `note  images        ${images.text}\n                    ${images.advice ?? ''}\n`,
  );
});

test('a finding wraps below its text, and on a narrow terminal below its mark', () => {
  expect(findingText(images, 80)).toBe(
    [
      'note  images        as half blocks: tmux does not pass images to the outer',
      '                    terminal',
      '                    For pixels: in kitty 0.28 put set -g allow-passthrough on in',
      '                    tmux.conf.\n',
    ].join('\n'),
  );
  expect(findingText(images, 40)).toBe(
    [
      'note  images',
      '      as half blocks: tmux does not pass',
      '      images to the outer terminal',
      '      For pixels: in kitty 0.28 put set',
      '      -g allow-passthrough on in',
      '      tmux.conf.\n',
    ].join('\n'),
  );
});

test('a finding fits the terminal and contains all its words', () => {
  fc.assert(
    fc.property(
      fc.lorem({ maxCount: 40 }),
      fc.lorem(),
      fc.integer({ min: 20, max: 200 }),
      (text, advice, width) => {
        const printed = findingText({ about: 'configuration', status: 'ok', text, advice }, width);
        for (const row of printed.split('\n')) expect(textWidth(row)).toBeLessThanOrEqual(width);
        expect(printed.split(/\s+/)).toEqual(expect.arrayContaining(`${text} ${advice}`.split(' ')));
      },
    ),
  );
});

test.each(errorCodes)('the failure %s has advice', (code) => {
  const { advice } = failedFinding('login', new ChatError(code, 'it failed'));
  expect(advice).toMatch(/^[A-Zd].*\.$/);
});

test('the hint of a failure is its advice', () => {
  const failure = new ChatError('unreachable', 'no server answers', { hint: 'start one' });
  expect(failedFinding('server', failure)).toMatchObject({
    text: 'no server answers',
    advice: 'Start one',
    exitCode: 3,
  });
});

test.each<[Record<string, string>, NodeJS.Platform, Finding['status'], RegExp]>([
  [{}, 'linux', 'note', /^no locale is set/],
  [{ LANG: 'C' }, 'linux', 'note', /^LANG=C:/],
  [{ LANG: 'en_GB.UTF-8', LC_ALL: 'POSIX' }, 'linux', 'note', /^LC_ALL=POSIX:/],
  [{ LANG: 'en_GB.utf8' }, 'linux', 'ok', /LANG=en_GB\.utf8/],
  [{ LANG: 'C', LC_ALL: '', LC_CTYPE: 'C.UTF-8' }, 'darwin', 'ok', /LC_CTYPE/],
  [{ LANG: 'C.UTF-8', TERM: 'linux' }, 'linux', 'note', /console/],
  [{}, 'win32', 'ok', /^UTF-8$/],
])('with %j on %s the characters are %s', (env, platform, status, text) => {
  const finding = characterFinding(env, platform);
  expect(finding).toMatchObject({ status, text: expect.stringMatching(text) });
  if (status === 'note') expect(finding.advice).toBeDefined();
});

test.each<[string | undefined, Record<string, string>, RegExp]>([
  ['XTerm(379)', {}, /Alt\+Enter does not/],
  ['mintty 3.7.1', {}, /Alt\+Enter does not/],
  [undefined, { WT_SESSION: '1' }, /Alt\+Enter does not/],
  ['VTE(7600)', {}, /Alt\+Enter in most/],
  [undefined, {}, /Alt\+Enter in most/],
])('the advice for the keys of %s %j is right', (name, env, advice) => {
  expect(keyboardFinding(false, name, env).advice).toMatch(advice);
  expect(keyboardFinding(true, name, env)).toMatchObject({ status: 'ok' });
});

import { expect, test } from '@jest/globals';
import { isDumbTerminal } from './dumb-terminal.js';

test.each([
  [{ TERM: 'dumb' }, 'linux', true],
  [{ TERM: 'dumb' }, 'win32', true],
  [{ TERM: '' }, 'linux', true],
  [{}, 'darwin', true],
  [{}, 'win32', false],
  [{ TERM: 'xterm' }, 'linux', false],
] as const)('%j on %s: %s', (env, platform, isDumb) => {
  expect(isDumbTerminal(env, platform)).toBe(isDumb);
});

import { expect, test } from '@jest/globals';
import { hintsFor, keyHelpByHeading } from './key-help.js';
import { keysOf } from './binding.js';
import { actionFor, bindings } from './keymap.js';

test('a key has at most one action in a mode', () => {
  const all = bindings.flatMap((binding) => keysOf(binding).map((key) => `${binding.mode} ${key}`));
  expect(all.filter((key, index) => all.indexOf(key) !== index)).toEqual([]);
});

test('an alias has the action of its key', () => {
  expect(actionFor('editing', 'ctrl+left')).toBe(actionFor('editing', 'alt+b'));
  expect(actionFor('editing', 'f1')).toBeUndefined();
});

test('the help lists keys with the same text in one line', () => {
  const keyHelp = keyHelpByHeading.flatMap(([, lines]) => lines);
  expect(keyHelp).toContainEqual(['Left, Right, Home, End', 'move in the line']);
  expect(keyHelp).toContainEqual(['Ctrl+J, Alt+Enter, Shift+Enter', 'new line']);
  expect(keyHelp).toContainEqual([
    'Ctrl+X Ctrl+E',
    'write in your editor ($VISUAL, $EDITOR, else the usual one)',
  ]);
});

test('the hint line lists the first key of each binding that has a hint', () => {
  expect(hintsFor('text-dialog')).toBe('Up, Down, PgUp, PgDn scroll · Esc close');
  expect(hintsFor('login', 'always')).toBe('Enter log in · Tab next field · Ctrl+C twice to quit');
});

import { expect, test } from '@jest/globals';
import { textWidth } from '../../terminal/text/text-width.js';
import { commandHelp } from '../commands/commands.js';
import { keyHelp } from '../keymap/key-help.js';
import { helpRows } from './help.js';

test.each([18, 40, 78, 200])('the help contains every key and command completely in %d columns', (width) => {
  const rows = helpRows(width);
  for (const row of rows) expect(textWidth(row)).toBeLessThanOrEqual(width);
  const words = rows.join(' ').split(/\s+/).join(' ');
  for (const [, help] of keyHelp)
    if (width >= 40) for (const word of help.split(' ')) expect(words).toContain(word);
  if (width >= 40) for (const [usage] of commandHelp) expect(words).toContain(usage);
});

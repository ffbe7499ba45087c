import { expect, test } from '@jest/globals';
import { textWidth } from '../../terminal/text/text-width.js';
import { helpRows, helpSections } from './help.js';

test.each([18, 40, 78, 200])('the help contains every key and command completely in %d columns', (width) => {
  const rows = helpRows(width);
  for (const { text } of rows) expect(textWidth(text)).toBeLessThanOrEqual(width);
  const headings = rows.filter(({ look }) => look === 'heading').map(({ text }) => text);
  expect(headings.join(' ')).toBe(helpSections.map(([heading]) => heading).join(' '));
  if (width < 40) return;
  const words = rows
    .map(({ text }) => text)
    .join(' ')
    .replace(/\s+/g, ' ');
  for (const [name, help] of helpSections.flatMap(([, lines]) => lines)) {
    expect(words).toContain(name);
    for (const word of help.split(' ')) expect(words).toContain(word);
  }
});

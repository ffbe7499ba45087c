import { wrapText } from '../../terminal/text/wrap.js';
import { commandHelp } from '../commands/commands.js';
import { keyHelpByCategory } from '../keymap/key-help.js';

// In a narrower column the text is below the key.
const minHelpCells = 24;

/** The rows of the help, at most `width` cells wide. */
export function helpRows(width: number): string[] {
  const blank = ['', ''] as const;
  const entries = [...keyHelpByCategory.flatMap(([, lines]) => [...lines, blank]), ...commandHelp];
  const left = Math.max(...entries.map(([name]) => name.length)) + 3;
  const isNarrow = width - left < minHelpCells;
  const indent = isNarrow ? 2 : left;
  const rows = entries.flatMap(([name, help]) => {
    const lines = wrapText(help, width - indent).map((line) => (' '.repeat(indent) + line).trimEnd());
    if (isNarrow) return [...wrapText(name, width), ...(help === '' ? [] : lines)];
    return [(name.padEnd(left) + (lines[0] ?? '').trimStart()).trimEnd(), ...lines.slice(1)];
  });
  return [...rows, '', ...wrapText('//text sends a text that starts with a slash.', width)];
}

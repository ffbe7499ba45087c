import { wrapText } from '../../terminal/text/wrap.js';
import { commandHelp } from '../commands/commands.js';
import { type KeyHelp, keyHelpByHeading } from '../keymap/key-help.js';

/** The keys and commands, for F1, docs/keys.md and the manual page. */
export const helpSections: readonly (readonly [heading: string, lines: readonly KeyHelp[]])[] = [
  ...keyHelpByHeading.slice(0, -1),
  ['Commands', commandHelp],
  ...keyHelpByHeading.slice(-1),
];

/** A row of the help. */
type HelpRow = { readonly text: string; readonly look: 'plain' | 'heading' };

// In a narrower column the text is below the key.
const minHelpCells = 24;

/** The rows of the help, at most `width` cells wide. */
export function helpRows(width: number): HelpRow[] {
  const names = helpSections.flatMap(([, lines]) => lines.map(([name]) => name.length));
  const left = Math.max(...names) + 3;
  const isNarrow = width - left < minHelpCells;
  const indent = isNarrow ? 2 : left;
  const rowsOf = ([name, help]: KeyHelp): string[] => {
    const lines = wrapText(help, width - indent).map((line) => (' '.repeat(indent) + line).trimEnd());
    if (isNarrow) return [...wrapText(name, width), ...lines];
    return [(name.padEnd(left) + (lines[0] ?? '').trimStart()).trimEnd(), ...lines.slice(1)];
  };
  const rows = helpSections.flatMap(([heading, lines]): HelpRow[] => [
    ...wrapText(heading, width).map((text) => ({ text, look: 'heading' as const })),
    ...[...lines.flatMap(rowsOf), ''].map(plain),
  ]);
  return [...rows, ...wrapText('//text sends a text that starts with a slash.', width).map(plain)];
}

function plain(text: string): HelpRow {
  return { text, look: 'plain' };
}

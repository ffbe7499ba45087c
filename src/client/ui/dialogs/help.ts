import { wrapText } from '../../terminal/text/wrap.js';
import { commands } from '../commands/commands.js';

/** The keys as F1 lists them. */
export const keyHelp: readonly (readonly [keys: string, does: string])[] = [
  ['Enter', 'send'],
  ['Alt+Enter, Ctrl+J, Shift+Enter', 'new line'],
  ['Tab, Shift+Tab', 'complete a name or a command; again: the next one'],
  ['Ctrl+V, Alt+V', 'paste the image or text of the clipboard'],
  ['PgUp, PgDn', 'scroll; past the top: older messages'],
  ['Ctrl+Home, Ctrl+End', 'oldest, newest'],
  ['Alt+U', 'the first unread message'],
  ['Alt+P, Alt+N', 'the mention of you before, the next one'],
  ['Ctrl+F', 'find messages'],
  ['Up, Down', 'what you sent before, at the first and last line'],
  ['Ctrl+R', 'search what you sent before'],
  ['Left, Right, Home, End', 'move in the line'],
  ['Ctrl+A, Ctrl+E', 'start, end of the line'],
  ['Alt+B, Alt+F', 'a word left, right (also Ctrl or Alt with Left, Right)'],
  ['Ctrl+U, Ctrl+K', 'cut to the start, to the end of the line'],
  ['Ctrl+W, Alt+Backspace, Alt+D', 'cut a word'],
  ['Ctrl+Y, Ctrl+_', 'put back what was cut, undo'],
  ['Ctrl+X Ctrl+E', 'write in your editor ($VISUAL, $EDITOR)'],
  ['Alt+Up', 'select a message: o opens its picture, s saves it, r sends it again'],
  ['Esc', 'close this, drop the last attachment'],
  ['F1', 'this help'],
  ['Ctrl+L', 'draw the screen anew'],
  ['Ctrl+Z', 'suspend; fg comes back'],
  ['Ctrl+C', 'clear the draft; twice: quit'],
  ['Ctrl+D', 'quit, on an empty draft'],
];

// Less room than this for what a key does: it stands below the key.
const narrowestColumn = 24;

/** The rows of the help overlay, at most `width` cells wide. */
export function helpRows(width: number): string[] {
  const entries = [
    ...keyHelp,
    ['', ''] as const,
    ...commands.map(({ usage, does }) => [usage, does] as const),
  ];
  const left = Math.max(...entries.map(([name]) => name.length)) + 3;
  const isNarrow = width - left < narrowestColumn;
  const indent = isNarrow ? 2 : left;
  const rows = entries.flatMap(([name, does]) => {
    const lines = wrapText(does, width - indent).map((line) => (' '.repeat(indent) + line).trimEnd());
    if (isNarrow) return [...wrapText(name, width), ...(does === '' ? [] : lines)];
    return [(name.padEnd(left) + (lines[0] ?? '').trimStart()).trimEnd(), ...lines.slice(1)];
  });
  return [...rows, '', ...wrapText('//text sends a text that starts with a slash.', width)];
}

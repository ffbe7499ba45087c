import { commands } from './commands.js';

/** The keys as F1 lists them. */
export const keyHelp: readonly (readonly [keys: string, does: string])[] = [
  ['Enter', 'send'],
  ['Alt+Enter, Ctrl+J, Shift+Enter', 'new line'],
  ['Ctrl+V, Alt+V', 'paste the image or text of the clipboard'],
  ['PgUp, PgDn', 'scroll'],
  ['Ctrl+Home, Ctrl+End', 'oldest, newest'],
  ['Up, Down', 'what you sent before, at the first and last line'],
  ['Ctrl+A, Ctrl+E', 'start, end of the line'],
  ['Alt+B, Alt+F', 'a word left, right'],
  ['Ctrl+U, Ctrl+K, Ctrl+W', 'cut to the start, to the end, a word'],
  ['Ctrl+Y, Ctrl+_', 'put back what was cut, undo'],
  ['Esc', 'close this, drop the last attachment'],
  ['Ctrl+L', 'draw the screen anew'],
  ['Ctrl+Z', 'suspend; fg comes back'],
  ['Ctrl+C', 'clear the draft; twice: quit'],
  ['Ctrl+D', 'quit, on an empty draft'],
];

/** The rows of the help overlay. */
export function helpRows(): string[] {
  const entries = [
    ...keyHelp,
    ['', ''] as const,
    ...commands.map(({ usage, does }) => [usage, does] as const),
  ];
  const width = Math.max(...entries.map(([left]) => left.length));
  return [
    ...entries.map(([left, right]) => `${left.padEnd(width)}   ${right}`.trimEnd()),
    '',
    '//text sends a text that starts with a slash.',
  ];
}

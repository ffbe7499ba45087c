import { sanitiseLine } from './text/sanitise.js';
import { truncate } from './text/truncate.js';

const maxTitleLength = 80;

/** Bytes that name the terminal's window. `terminal-modes.ts` keeps the name it had before. */
export function titleSequence(title: string): string {
  return `\x1b]2;${truncate(sanitiseLine(title), maxTitleLength)}\x07`;
}

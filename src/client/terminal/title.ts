import { sanitiseLine } from './text/sanitise.js';
import { truncate } from './text/truncate.js';

const maxTitleCells = 80;

export function titleSequence(title: string): string {
  return `\x1b]2;${truncate(sanitiseLine(title), maxTitleCells)}\x07`;
}

import { sanitiseLine } from '../../../client/terminal/text/sanitise.js';

/** The result of one check. */
export type Finding = {
  /** What was checked, a word or two. */
  readonly about: string;
  /** `note`: nothing is wrong, but something is not available. */
  readonly status: 'ok' | 'note' | 'bad';
  readonly text: string;
  /** What the user can do about it, as a sentence. */
  readonly advice?: string;
};

const marks = { ok: 'ok  ', note: 'note', bad: 'BAD ' } as const;
// The longest `about`.
const aboutWidth = 13;

/** A finding as a line, its advice on a second one. */
export function findingText({ about, status, text, advice }: Finding): string {
  const line = `${marks[status]}  ${about.padEnd(aboutWidth)} ${sanitiseLine(text)}\n`;
  return advice === undefined ? line : `${line}${' '.repeat(aboutWidth + 7)}${sanitiseLine(advice)}\n`;
}

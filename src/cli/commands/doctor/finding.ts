import { sanitiseLine } from '../../../client/terminal/text/sanitise.js';

/** One thing that was looked at. */
export type Finding = {
  /** What it is about, a word or two. */
  readonly about: string;
  /** `note`: nothing is wrong, but less is possible. */
  readonly verdict: 'ok' | 'note' | 'bad';
  readonly text: string;
  /** What to do about it, as a sentence. */
  readonly advice?: string;
};

const marks = { ok: 'ok  ', note: 'note', bad: 'BAD ' } as const;
// As wide as the widest `about`.
const width = 13;

/** A finding as a line, its advice on a second one. */
export function findingText({ about, verdict, text, advice }: Finding): string {
  const first = `${marks[verdict]}  ${about.padEnd(width)} ${sanitiseLine(text)}\n`;
  return advice === undefined ? first : `${first}${' '.repeat(width + 7)}${sanitiseLine(advice)}\n`;
}

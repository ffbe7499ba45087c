import { sanitiseLine } from '../../../client/terminal/text/sanitise.js';
import { wrapText } from '../../../client/terminal/text/wrap.js';
import { ChatError, type ErrorCode } from '../../../shared/errors.js';
import { exitCodeOf } from '../../io/exit.js';

/** The result of one check. `note`: nothing is wrong, but something is not available. */
export type Finding = {
  /** What was checked, a word or two. */
  readonly about: string;
  readonly text: string;
} & (
  | {
      readonly status: 'ok' | 'note';
      /** What the user can do about it, in sentences. */
      readonly advice?: string;
    }
  | { readonly status: 'bad'; readonly advice: string; readonly exitCode: number }
);

const marks = { ok: 'ok  ', note: 'note', bad: 'BAD ' } as const;
// The longest `about`.
const aboutWidth = 13;
const textColumn = aboutWidth + 7;
const markColumn = 6;
/** On narrower terminals the text starts below the mark. */
const minTwoColumnWidth = 60;

/** A finding as text of at most `width` columns: mark and subject, then what was found, then the advice. */
export function findingText({ about, status, text, advice }: Finding, width: number): string {
  const isNarrow = width < minTwoColumnWidth;
  const column = isNarrow ? markColumn : textColumn;
  const rows = [text, ...(advice === undefined ? [] : [advice])].flatMap((part) =>
    wrapText(sanitiseLine(part), width - column),
  );
  const [first = '', ...others] = isNarrow ? ['', ...rows] : rows;
  const head = `${marks[status]}  ${about.padEnd(aboutWidth)} ${first}`.trimEnd();
  return [head, ...others.map((row) => ' '.repeat(column) + row)].map((row) => `${row}\n`).join('');
}

/** The finding for a failure. Its advice is the hint of the failure, else what is advised for its code. */
export function failedFinding(about: string, thrown: unknown): Finding {
  const { code, message, hint } = ChatError.from(thrown);
  const advice = hint === undefined ? adviceFor(code) : hint.charAt(0).toUpperCase() + hint.slice(1);
  return { about, status: 'bad', text: message, advice, exitCode: exitCodeOf(code) };
}

function adviceFor(code: ErrorCode): string {
  switch (code) {
    case 'login-refused':
      return 'Check the user name and the password. On the server, chat users list prints the users, and chat users passwd NAME sets a new password.';
    case 'rate-limited':
      return 'Wait a minute, then try again.';
    case 'timed-out':
      return 'Check the address, and whether a firewall blocks the port.';
    case 'shutting-down':
    case 'store-unavailable':
      return 'Try again later; the log of the server has the reason.';
    case 'certificate-untrusted':
      return 'Ask the operator of the server for its fingerprint, and give it with --fingerprint.';
    case 'usage':
      return 'Correct it, then run chat doctor again.';
    default:
      return `docs/errors.md explains the error ${code}.`;
  }
}

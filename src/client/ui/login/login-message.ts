import { wrapText } from '../../terminal/text/wrap.js';
import type { LoginForm, TrustQuestion } from '../state/mode.js';

/** One row of the login screen's message. */
export type LoginRow = { readonly text: string; readonly look: 'plain' | 'bold' | 'bad' | 'waiting' };

/** The question, the reason of the last failure, or that an attempt is running; may be empty. */
export function loginMessage(form: LoginForm, width: number): LoginRow[] {
  const { question, problem, busy, ignoresTyping } = form;
  if (question) return questionRows(question, width, ignoresTyping);
  const next = ignoresTyping ? wrapped('Press Enter to log in again.', width, 'plain') : [];
  if (problem !== undefined) return [...wrapped(problem, width, 'bad'), ...next];
  return busy ? [{ text: 'connecting…', look: 'waiting' }] : [];
}

function questionRows(
  { server, fingerprint }: TrustQuestion,
  width: number,
  ignoresTyping: boolean,
): LoginRow[] {
  const explanation = `The certificate of ${server} is new here. Compare its fingerprint with the one that chat serve printed: SHA256`;
  return [
    ...wrapped(explanation, width, 'plain'),
    ...fingerprintRows(fingerprint, width).map((text) => ({ text, look: 'bold' as const })),
    ...wrapped(ignoresTyping ? 'Press Enter to answer.' : 'Trust it from now on? y/n', width, 'plain'),
  ];
}

/** Rows of 16, 8, 4 or 2 bytes, so that two people can compare them row by row. */
function fingerprintRows(fingerprint: string, width: number): string[] {
  const perRow = [16, 8, 4].find((count) => count * 'AB:'.length <= width) ?? 2;
  return fingerprint.match(new RegExp(`(?:[^:]+:?){1,${perRow}}`, 'g')) ?? [];
}

function wrapped(text: string, width: number, look: LoginRow['look']): LoginRow[] {
  return wrapText(text, width).map((row) => ({ text: row, look }));
}

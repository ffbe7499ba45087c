import { wrapText } from '../../terminal/text/wrap.js';
import type { LoginForm, TrustQuestion } from '../state/mode.js';

/** One row of what the login screen has to say. */
export type LoginRow = { readonly text: string; readonly look: 'plain' | 'bold' | 'bad' | 'waiting' };

/** What is asked, or why the last attempt failed, or that one is under way; nothing where there is nothing to say. */
export function loginMessage({ question, problem, busy }: LoginForm, width: number): LoginRow[] {
  if (question) return questionRows(question, width);
  if (problem !== undefined) return wrapped(problem, width, 'bad');
  return busy ? [{ text: 'connecting…', look: 'waiting' }] : [];
}

function questionRows({ server, fingerprint }: TrustQuestion, width: number): LoginRow[] {
  const explanation = `The certificate of ${server} is new here. Compare it with what chat serve printed there: SHA256`;
  return [
    ...wrapped(explanation, width, 'plain'),
    ...fingerprintRows(fingerprint, width).map((text) => ({ text, look: 'bold' as const })),
    ...wrapped('Trust it from now on? y/n', width, 'plain'),
  ];
}

/** Bytes stay whole, and each row has as many: 16, 8, 4 or 2. So two people can compare row by row. */
function fingerprintRows(fingerprint: string, width: number): string[] {
  const most = [16, 8, 4].find((count) => count * 'AB:'.length <= width) ?? 2;
  return fingerprint.match(new RegExp(`(?:[^:]+:?){1,${most}}`, 'g')) ?? [];
}

function wrapped(text: string, width: number, look: LoginRow['look']): LoginRow[] {
  return wrapText(text, width).map((row) => ({ text: row, look }));
}

import { graphemes } from '../../terminal/text/graphemes.js';
import { shownText } from '../../terminal/text/shown-text.js';
import { textWidth } from '../../terminal/text/text-width.js';
import { wrapText } from '../../terminal/text/wrap.js';
import type { LoginField, LoginForm, TrustQuestion } from '../state/mode.js';
import type { Caret, ScreenSize } from '../state/app-state.js';
import { loginFields } from './login-form.js';

/** The login screen as Ink draws it. `top` and `left` are cells. */
export type LoginView = {
  readonly top: number;
  readonly left: number;
  readonly width: number;
  /** Whether a title, and a blank row above the message, fit. */
  readonly hasTitle: boolean;
  readonly hasGap: boolean;
  /** Empty during a question. */
  readonly fields: readonly {
    readonly label: LoginField;
    readonly shown: string;
    readonly focused: boolean;
  }[];
  readonly message: readonly LoginRow[];
};

export const labelWidth = 12;
const maxWidth = 58;
const titleRows = 2;
// Reserved, so that the fields do not move when a message appears.
const reservedMessageRows = 4;

/** Lays out the login screen in the middle of `height` rows. If space is scarce, the message has precedence. */
export function loginView(
  form: LoginForm,
  { columns }: Pick<ScreenSize, 'columns'>,
  height: number,
): { view: LoginView; caret: Caret | undefined } {
  const width = Math.max(1, Math.min(maxWidth, columns - 2));
  const left = Math.floor((columns - width) / 2);
  const all = loginMessage(form, width);
  const fieldRows = form.question ? 0 : loginFields.length;
  const needed = fieldRows + all.length;
  const hasGap = fieldRows > 0 && needed + 1 <= height;
  const hasTitle = needed + titleRows + (hasGap ? 1 : 0) <= height;
  const messageRows = Math.max(0, height - fieldRows);
  // The keys to press are at the end.
  const endsInKeys = form.question !== undefined || form.ignoresTyping;
  const first = endsInKeys ? Math.max(0, all.length - messageRows) : 0;
  const message = all.slice(first, first + messageRows);
  const above = hasTitle ? titleRows : 0;
  const reserved = titleRows + fieldRows + 1 + Math.max(reservedMessageRows, message.length);
  const top = Math.max(0, Math.floor((height - reserved) / 2));
  const fields = form.question ? [] : loginFields.map((label) => fieldView(form, label, width));
  const index = fields.findIndex(({ focused }) => focused);
  return {
    view: { top, left, width, hasTitle, hasGap, fields, message },
    caret:
      index < 0 ? undefined : { x: left + labelWidth + (fields[index]?.column ?? 0), y: top + above + index },
  };
}

/** The visible part of a field, with the caret in it. A password is masked. */
function fieldView(
  form: LoginForm,
  label: LoginField,
  width: number,
): LoginView['fields'][number] & { readonly column: number } {
  const fieldCells = Math.max(1, width - labelWidth - 1);
  const { text, cursor } = form.fields[label];
  const masked = (part: string) =>
    label === 'password' ? '•'.repeat(graphemes(part).length) : shownText(part);
  let before = graphemes(masked(text.slice(0, cursor)));
  while (textWidth(before.join('')) > fieldCells) before = before.slice(1);
  const all = before.join('') + masked(text.slice(cursor));
  let shown = '';
  for (const grapheme of graphemes(all)) {
    if (textWidth(shown + grapheme) > fieldCells) break;
    shown += grapheme;
  }
  return {
    label,
    shown,
    focused: label === form.focus && !form.ignoresTyping,
    column: textWidth(before.join('')),
  };
}

/** One row of the login screen's message. */
export type LoginRow = { readonly text: string; readonly look: 'plain' | 'bold' | 'bad' | 'waiting' };

/** The question, the reason of the last failure, or that an attempt is running; may be empty. */
function loginMessage(form: LoginForm, width: number): LoginRow[] {
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

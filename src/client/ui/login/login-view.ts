import { graphemes } from '../../terminal/graphemes.js';
import { textWidth } from '../../terminal/text-width.js';
import type { Cursor, ScreenSize } from '../screen-layout.js';
import { type LoginField, loginFields, type LoginForm, type TrustQuestion } from './login-form.js';

/** The login screen as Ink draws it, and where: `top` and `left` are cells of the screen. */
export type LoginView = {
  readonly top: number;
  readonly left: number;
  readonly width: number;
  readonly fields: readonly {
    readonly label: LoginField;
    readonly shown: string;
    readonly focused: boolean;
  }[];
  readonly problem: string | undefined;
  readonly busy: boolean;
  readonly question: TrustQuestion | undefined;
};

/** The width of the column of labels. */
export const labelWidth = 12;
const maxWidth = 58;
// Title, a blank row, the fields, a blank row, four rows for a problem or a question.
const height = loginFields.length + 7;
const fieldsTop = 2;

/** Lays the login screen out in the middle of the screen. */
export function loginView(form: LoginForm, size: ScreenSize): { view: LoginView; cursor: Cursor } {
  const width = Math.max(1, Math.min(maxWidth, size.columns - 2));
  const left = Math.floor((size.columns - width) / 2);
  const top = Math.max(0, Math.floor((size.rows - height) / 2));
  const room = Math.max(1, width - labelWidth - 1);
  const shown = loginFields.map((label) => ({ label, ...shownField(form, label, room) }));
  const index = loginFields.indexOf(form.focus);
  return {
    view: {
      top,
      left,
      width,
      fields: shown.map(({ label, text }) => ({ label, shown: text, focused: label === form.focus })),
      problem: form.problem,
      busy: form.busy,
      question: form.question,
    },
    cursor: { x: left + labelWidth + (shown[index]?.column ?? 0), y: top + fieldsTop + index },
  };
}

/** The part of a field that fits, with the cursor in it. A password shows only how many characters it has. */
function shownField(form: LoginForm, label: LoginField, room: number): { text: string; column: number } {
  const { text, cursor } = form.fields[label];
  const masked = (part: string) => (label === 'password' ? '•'.repeat(graphemes(part).length) : part);
  let before = graphemes(masked(text.slice(0, cursor)));
  while (textWidth(before.join('')) > room) before = before.slice(1);
  const shown = before.join('') + masked(text.slice(cursor));
  let fitting = '';
  for (const grapheme of graphemes(shown)) {
    if (textWidth(fitting + grapheme) > room) break;
    fitting += grapheme;
  }
  return { text: fitting, column: textWidth(before.join('')) };
}

import type { LoginField, LoginForm } from '../state/mode.js';
import { type Editor, emptyEditor, insert, withText } from '../composer/editor.js';
import { editorActions } from '../composer/editor-actions.js';
import { actionFor } from '../keymap/keymap.js';

export const loginFields: readonly LoginField[] = ['address', 'user', 'password'];

/** The texts of the fields. */
export type LoginValues = Readonly<Record<LoginField, string>>;

// Longer than several host names (253 characters each), a user name (32) or a password (128).
const maxFieldLength = 1000;

/** A form with known values; the focus is on the first empty field. */
export function createLoginForm(values: LoginValues, ignoresTyping = false): LoginForm {
  const field = (value: string) => withText(emptyEditor, value);
  return {
    fields: {
      address: field(values.address),
      user: field(values.user),
      password: field(values.password),
    },
    focus: values.user === '' ? 'user' : 'password',
    problem: undefined,
    busy: false,
    ignoresTyping,
    question: undefined,
  };
}

export function loginValues(form: LoginForm): LoginValues {
  return {
    address: form.fields.address.text.trim(),
    user: form.fields.user.text.trim(),
    password: form.fields.password.text,
  };
}

/** Inserts the first line of a text into the focused field. */
export function typeIntoForm(form: LoginForm, text: string): LoginForm {
  const [line = ''] = text.split('\n');
  const remaining = maxFieldLength - form.fields[form.focus].text.length;
  return edit(form, insert(line.slice(0, Math.max(0, remaining))));
}

/** An editing key or a move between fields; undefined for keys without a meaning here. */
export function pressKeyInForm(form: LoginForm, key: string): LoginForm | undefined {
  const move = actionFor('login', key);
  if (move === 'next-field') return focusBy(form, 1);
  if (move === 'previous-field') return focusBy(form, -1);
  const action = actionFor('editing', key);
  return action && edit(form, editorActions[action]);
}

/** Enter: moves to the first empty field, or reports that the form is complete. Does nothing during an attempt. */
export function submitForm(form: LoginForm): { form: LoginForm; complete: boolean } {
  if (form.busy) return { form, complete: false };
  const values = loginValues(form);
  const empty = loginFields.find((field) => values[field] === '');
  if (empty) return { form: { ...form, focus: empty }, complete: false };
  if (form.focus === 'password') return { form: { ...form, busy: true, problem: undefined }, complete: true };
  return { form: { ...form, focus: 'password' }, complete: false };
}

export function rejectForm(form: LoginForm, problem: string, clearPassword: boolean): LoginForm {
  const fields = clearPassword ? { ...form.fields, password: emptyEditor } : form.fields;
  return { ...form, fields, focus: 'password', problem, busy: false, question: undefined };
}

function edit(form: LoginForm, operation: (editor: Editor) => Editor): LoginForm {
  const fields = { ...form.fields, [form.focus]: operation(form.fields[form.focus]) };
  return { ...form, fields, problem: undefined, busy: false };
}

function focusBy(form: LoginForm, step: 1 | -1): LoginForm {
  const { length } = loginFields;
  const index = (loginFields.indexOf(form.focus) + step + length) % length;
  return { ...form, focus: loginFields[index] ?? form.focus, busy: false };
}

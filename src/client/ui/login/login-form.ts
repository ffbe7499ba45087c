import type { LoginField, LoginForm } from '../state/mode.js';
import { type Editor, emptyEditor, insert, withText } from '../composer/editor.js';
import { editorKeys } from '../composer/editor-actions.js';

export const loginFields: readonly LoginField[] = ['address', 'user', 'password'];

/** What was filled in. */
export type LoginValues = Readonly<Record<LoginField, string>>;

// An account name has at most 32 characters, a password 128, a host name 253; a room has a few servers.
const maxFieldLength = 1000;

/** A form with what is known already; the focus is on the first field that lacks something. */
export function createLoginForm(values: LoginValues): LoginForm {
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
    question: undefined,
  };
}

/** What the form holds now. */
export function loginValues(form: LoginForm): LoginValues {
  return {
    address: form.fields.address.text.trim(),
    user: form.fields.user.text.trim(),
    password: form.fields.password.text,
  };
}

/** Puts typed or pasted text into the field with the focus; only its first line counts. */
export function typeIntoForm(form: LoginForm, text: string): LoginForm {
  const [line = ''] = text.split('\n');
  const room = maxFieldLength - form.fields[form.focus].text.length;
  return edit(form, insert(line.slice(0, Math.max(0, room))));
}

/** An editing key or a move between fields; undefined for keys that mean nothing here. */
export function pressKeyInForm(form: LoginForm, key: string): LoginForm | undefined {
  if (key === 'tab' || key === 'down') return focusBy(form, 1);
  if (key === 'shift+tab' || key === 'up') return focusBy(form, -1);
  const operation = editorKeys[key];
  if (!operation || isNewLine(key)) return undefined;
  return edit(form, operation);
}

/** Enter: goes on to the next empty field, or says that the form is complete. */
export function submitForm(form: LoginForm): { form: LoginForm; complete: boolean } {
  const values = loginValues(form);
  const empty = loginFields.find((field) => values[field] === '');
  if (empty) return { form: { ...form, focus: empty }, complete: false };
  if (form.focus === 'password') return { form: { ...form, busy: true, problem: undefined }, complete: true };
  return { form: { ...form, focus: 'password' }, complete: false };
}

/** The attempt failed: the reason is shown and the password is to be typed again if it was refused. */
export function refuseForm(form: LoginForm, problem: string, passwordRefused: boolean): LoginForm {
  const fields = passwordRefused ? { ...form.fields, password: emptyEditor } : form.fields;
  return { fields, focus: 'password', problem, busy: false, question: undefined };
}

function edit(form: LoginForm, operation: (editor: Editor) => Editor): LoginForm {
  const fields = { ...form.fields, [form.focus]: operation(form.fields[form.focus]) };
  return { ...form, fields, problem: undefined };
}

function focusBy(form: LoginForm, step: 1 | -1): LoginForm {
  const { length } = loginFields;
  const index = (loginFields.indexOf(form.focus) + step + length) % length;
  return { ...form, focus: loginFields[index] ?? form.focus };
}

function isNewLine(key: string): boolean {
  return key.endsWith('enter') || key === 'ctrl+j';
}

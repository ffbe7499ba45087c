import type { TerminalInput, TypedInput } from '../../terminal/input/terminal-input.js';
import { type Editor, emptyEditor, insert, withText, editorActions } from '../composer/editor.js';
import { actionFor } from '../keymap/keymap.js';
import type { AppEffect, AppUpdate } from '../state/app-event.js';
import type { AppState } from '../state/app-state.js';
import { type LoginField, type LoginForm, loginFormOf } from '../state/mode.js';

export const loginFields: readonly LoginField[] = ['address', 'user', 'password'];

/** The texts of the fields. */
type LoginValues = Readonly<Record<LoginField, string>>;

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

/** Handles a key, text or paste on the login screen. */
export function updateLogin(state: AppState, form: LoginForm, input: TypedInput): AppUpdate {
  if (form.ignoresTyping) return continueOnKey(state, form, input);
  if (form.question !== undefined) return answerQuestion(state, form, input);
  if (input.type === 'paste' && input.typed) return typeAll(state, form, input.typed);
  if (input.type !== 'key') {
    const [firstLine = ''] = input.text.split('\n');
    return edited(state, form, typeIntoForm(form, firstLine));
  }
  switch (actionFor('login', input.key)) {
    case 'quit':
      return [state, [{ type: 'quit' }]];
    case 'submit': {
      const submitted = submitForm(form);
      const next = withForm({ ...state, address: loginValues(form).address }, submitted.form);
      return [next, submitted.complete ? [{ type: 'log-in', ...loginValues(form) }] : []];
    }
    case 'next-field':
    case 'previous-field':
    case undefined:
      return edited(state, form, pressKeyInForm(form, input.key) ?? form);
  }
}

/** Enter for the message being written must neither log in nor trust a certificate: it only ends the wait. */
function continueOnKey(state: AppState, form: LoginForm, input: TypedInput): AppUpdate {
  const continues = input.type === 'key' && actionFor('opened-login', input.key) !== undefined;
  return [continues ? withForm(state, { ...form, ignoresTyping: false }) : state, []];
}

/** The outcome of a running attempt must not change a form that is being edited. */
function edited(state: AppState, before: LoginForm, form: LoginForm): AppUpdate {
  return [withForm(state, form), before.busy && !form.busy ? [{ type: 'stop-login' }] : []];
}

function withForm(state: AppState, form: LoginForm): AppState {
  return { ...state, mode: { type: 'login', form } };
}

/** Each of several pasted lines fills a field. */
function typeAll(state: AppState, form: LoginForm, typed: readonly TerminalInput[]): AppUpdate {
  let current = state;
  const effects: AppEffect[] = [];
  for (const input of typed) {
    if (input.type === 'reply' || input.type === 'focus' || input.type === 'mouse') continue;
    const [next, more] = updateLogin(current, loginFormOf(current.mode) ?? form, input);
    current = next;
    effects.push(...more);
  }
  return [current, effects];
}

/** Only an explicit yes trusts the certificate; a pasted or mistyped text does nothing. */
function answerQuestion(state: AppState, form: LoginForm, input: TypedInput): AppUpdate {
  const answer = input.type === 'text' ? input.text.toLowerCase() : input.type === 'key' ? input.key : '';
  switch (actionFor('trust-question', answer)) {
    case 'trust':
      return [
        withForm(state, { ...form, question: undefined, busy: true }),
        [{ type: 'answer-trust', trusted: true }],
      ];
    case 'reject': {
      const problem = 'Not connected: the certificate was not trusted.';
      return [
        withForm(state, { ...form, question: undefined, busy: false, problem }),
        [{ type: 'answer-trust', trusted: false }],
      ];
    }
    case undefined:
      return [state, []];
  }
}

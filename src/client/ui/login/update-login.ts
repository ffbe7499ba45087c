import type { TerminalInput, TypedInput } from '../../terminal/input/terminal-input.js';
import { actionFor } from '../keymap/keymap.js';
import type { AppEffect, AppUpdate } from '../state/app-event.js';
import type { AppState } from '../state/app-state.js';
import { type LoginForm, loginFormOf } from '../state/mode.js';
import { loginValues, pressKeyInForm, submitForm, typeIntoForm } from './login-form.js';

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

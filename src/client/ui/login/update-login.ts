import type { TerminalInput } from '../../terminal/input/terminal-input.js';
import type { AppEffect, AppUpdate } from '../state/app-event.js';
import type { AppState } from '../state/app-state.js';
import type { LoginForm } from '../state/mode.js';
import { loginValues, pressKeyInForm, submitForm, typeIntoForm } from './login-form.js';

/** What a key, text or paste does on the login screen. */
export function updateLogin(
  state: AppState,
  form: LoginForm,
  input: Exclude<TerminalInput, { type: 'reply' | 'focus' }>,
): AppUpdate {
  if (form.question !== undefined) return answerQuestion(state, form, input);
  if (input.type === 'paste' && input.typed) return typeAll(state, form, input.typed);
  if (input.type !== 'key') {
    const [firstLine = ''] = input.text.split('\n');
    return [{ ...state, login: typeIntoForm(form, firstLine) }, []];
  }
  if (input.key === 'ctrl+d') return [state, [{ type: 'quit' }]];
  if (input.key !== 'enter') return [{ ...state, login: pressKeyInForm(form, input.key) ?? form }, []];
  const submitted = submitForm(form);
  const next = { ...state, address: loginValues(form).address, login: submitted.form };
  return [next, submitted.complete ? [{ type: 'log-in', ...loginValues(form) }] : []];
}

/** Lines that came at once are one for each field. */
function typeAll(state: AppState, form: LoginForm, typed: readonly TerminalInput[]): AppUpdate {
  let current = state;
  const effects: AppEffect[] = [];
  for (const input of typed) {
    if (input.type === 'reply' || input.type === 'focus') continue;
    const [next, more] = updateLogin(current, current.login ?? form, input);
    current = next;
    effects.push(...more);
  }
  return [current, effects];
}

/** Only a clear yes trusts; a pasted or mistyped text does nothing. */
function answerQuestion(
  state: AppState,
  form: LoginForm,
  input: Exclude<TerminalInput, { type: 'reply' | 'focus' }>,
): AppUpdate {
  const answer = input.type === 'text' ? input.text.toLowerCase() : input.type === 'key' ? input.key : '';
  if (answer === 'y') {
    return [
      { ...state, login: { ...form, question: undefined, busy: true } },
      [{ type: 'answer-trust', trusted: true }],
    ];
  }
  if (answer !== 'n' && answer !== 'escape') return [state, []];
  const problem = 'Not connected: the certificate was not trusted.';
  return [
    { ...state, login: { ...form, question: undefined, busy: false, problem } },
    [{ type: 'answer-trust', trusted: false }],
  ];
}

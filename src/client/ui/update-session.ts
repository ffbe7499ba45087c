import type { ChatError } from '../../shared/errors.js';
import type { Item } from '../session/item.js';
import type { SessionState } from '../session/state.js';
import { sanitiseLine } from '../terminal/sanitise.js';
import type { AppState } from './app-state.js';
import { isReading, updateReading } from './conversation/update-reading.js';
import { createLoginForm, type LoginForm, refuseForm } from './login/login-form.js';
import type { AppUpdate } from './app-event.js';

/** What a change in the session means for the screen: which screen it is, and what is unread. */
export function updateSession(state: AppState, session: SessionState, at: number): AppUpdate {
  const arrived = firstArrival(state.session, session);
  const unreadKey = state.unreadKey ?? (isReading(state) ? undefined : arrived?.key);
  return updateReading({ ...state, session, unreadKey, login: loginAfter(state, session) }, at);
}

/** The login screen is there until the server has let the user in, and again when it no longer does. */
function loginAfter(state: AppState, { phase }: SessionState): AppState['login'] {
  const { login } = state;
  // Told once: what the user has typed since then stays.
  if (phase === state.session?.phase) return login;
  switch (phase.type) {
    case 'live':
      return undefined;
    case 'refused':
      return refuseForm(loginForm(state), problemText(phase.reason), phase.reason.code === 'login-refused');
    case 'reconnecting':
      return login && refuseForm(login, problemText(phase.reason), false);
    case 'connecting':
    case 'closed':
      return login;
  }
}

/** The login screen as it is, or a new one that knows what is known. */
export function loginForm({ login, address, session }: AppState): LoginForm {
  return login ?? createLoginForm({ address, user: session?.user ?? '', password: '' });
}

/** An error as one line for the login screen. Servers write part of it. */
export function problemText({ code, message, hint }: ChatError): string {
  if (code === 'login-refused') return 'Login refused: wrong user or password.';
  return sanitiseLine(hint === undefined ? message : `${message}. ${hint}`);
}

/** The oldest message of others that is new since `before`; what a list began with is not news. */
function firstArrival(before: SessionState | undefined, now: SessionState): Item | undefined {
  const known = before?.timeline.items.at(-1);
  let first: Item | undefined;
  for (let index = now.timeline.items.length - 1; index >= 0; index--) {
    const item = now.timeline.items.at(index);
    if (!item || item.replay || item.key === known?.key) break;
    if (!item.mine) first = item;
  }
  return first;
}

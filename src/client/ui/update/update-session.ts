import type { ChatError } from '../../../shared/errors.js';
import type { Item } from '../../session/item.js';
import type { SessionState } from '../../session/state.js';
import { sanitiseLine } from '../../terminal/text/sanitise.js';
import type { AppState } from '../state/app-state.js';
import { callUser } from '../attention/notify-user.js';
import { isIgnored } from '../conversation/shown-items.js';
import { isReading, updateReading } from '../conversation/reading.js';
import type { LoginForm } from '../state/mode.js';
import { createLoginForm, refuseForm } from '../login/login-form.js';
import { seekHit } from '../search/jump-to-hit.js';
import type { AppEffect, AppUpdate } from '../state/app-event.js';

/** What a change in the session means for the screen: which screen it is, what is unread, who is called. */
export function updateSession(state: AppState, session: SessionState, at: number): AppUpdate {
  const news = arrivals(state.session, session).filter((item) => !isIgnored(item, state.preferences.ignored));
  const unseen = isReading(state) ? [] : news;
  const changed = {
    ...state,
    session,
    // Whoever has just come in is here.
    inputAt: state.inputAt === 0 ? at : state.inputAt,
    unreadKey: state.unreadKey ?? unseen[0]?.key,
    unread: state.unread + unseen.length,
    login: loginAfter(state, session),
    notice: logNotice(state.session, session) ?? state.notice,
  };
  const [sought, loads] = seekHit(changed);
  const [called, calls] = callUser(sought, news, at);
  const [read, waits] = updateReading(called, at);
  const { phase } = session;
  const stops = phase.type === 'refused' && phase !== state.session?.phase ? hardStop(phase.reason) : [];
  return [read, [...loads, ...calls, ...waits, ...stops]];
}

/** Another log is another conversation: the list starts anew, but never unsaid. */
function logNotice(before: SessionState | undefined, { logId, server }: SessionState): string | undefined {
  if (before?.logId === undefined || before.logId === logId) return undefined;
  return `${sanitiseLine(server?.address ?? 'The server')} keeps another log: the list starts anew.`;
}

/** A certificate that is not to be trusted, or is another one than before, ends the program: nobody may click it away. */
export function hardStop(reason: ChatError): AppEffect[] {
  return reason.code === 'certificate-untrusted' ? [{ type: 'quit', reason }] : [];
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
export function loginForm({ login, address, user, session }: AppState): LoginForm {
  return login ?? createLoginForm({ address, user: session?.user ?? user, password: '' });
}

/** An error as one line for the login screen. Servers write part of it. */
export function problemText({ code, message, hint }: ChatError): string {
  if (code === 'login-refused') return 'Login refused: wrong user or password.';
  return sanitiseLine(hint === undefined ? message : `${message}. ${hint}`);
}

/** The messages of others that are new since `before`, oldest first; what a list began with is not news. */
function arrivals(before: SessionState | undefined, { timeline }: SessionState): Item[] {
  const known = before?.timeline.items.at(-1);
  const news: Item[] = [];
  for (let index = timeline.items.length - 1; index >= 0; index--) {
    const item = timeline.items.at(index);
    if (!item || item.replay || item.key === known?.key) break;
    if (!item.mine) news.push(item);
  }
  return news.reverse();
}

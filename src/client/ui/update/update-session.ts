import type { ChatError } from '../../../shared/errors.js';
import type { Item } from '../../session/item.js';
import type { SessionState } from '../../session/state.js';
import { sanitiseLine } from '../../terminal/text/sanitise.js';
import { notifyUser } from '../attention/notify-user.js';
import { isReading, updateReading, withReading } from '../conversation/reading.js';
import { isIgnored } from '../conversation/shown-items.js';
import { createLoginForm, rejectForm } from '../login/login-form.js';
import { continueJump } from '../search/jump-to-hit.js';
import type { AppEffect, AppUpdate } from '../state/app-event.js';
import type { AppState, Notice } from '../state/app-state.js';
import { conversation, type LoginForm, loginFormOf } from '../state/mode.js';

/** Applies a change of the session: the login screen, the unread line and the notification. */
export function updateSession(state: AppState, session: SessionState, at: number): AppUpdate {
  const arrived = arrivals(state.session, session).filter(
    (item) => !isIgnored(item, state.preferences.ignored),
  );
  const unseen = isReading(state) ? [] : arrived;
  const [entered, logins] = updateLoginScreen(state, session);
  const logChange = logNotice(state.session, session);
  const changed = withReading(
    {
      ...entered,
      session,
      notice: logChange ?? state.notice,
      // Its hits are sequences of the earlier log.
      lastSearch: logChange ? undefined : state.lastSearch,
    },
    {
      unreadKey: state.reading.unreadKey ?? unseen[0]?.key,
      unreadCount: state.reading.unreadCount + unseen.length,
    },
  );
  const [jumped, loads] = continueJump(changed);
  const [notified, notifications] = notifyUser(jumped, arrived, at);
  const [read, waits] = updateReading(notified, at);
  const { phase } = session;
  const isRefusedNow = phase.type === 'refused' && phase !== state.session?.phase;
  const quits = isRefusedNow ? quitOnUntrusted(phase.reason) : [];
  return [read, [...logins, ...loads, ...notifications, ...waits, ...quits]];
}

/** Opens the login screen and closes dialogs. */
export function showLogin(state: AppState, form: LoginForm): AppUpdate {
  const { mode } = state;
  const isSearching = mode.type === 'search' && mode.progress.type === 'running';
  return [{ ...state, mode: { type: 'login', form } }, isSearching ? [{ type: 'stop-search' }] : []];
}

/** The current form, or a new one with known values. */
export function loginForm({ mode, address, user, session }: AppState): LoginForm {
  return loginFormOf(mode) ?? createLoginForm({ address, user: session?.user ?? user, password: '' });
}

/** An error as one line. Servers may write part of it. */
export function problemText({ code, message, hint }: ChatError): string {
  if (code === 'login-refused') return 'Login refused: wrong user or password.';
  return sanitiseLine(hint === undefined ? message : `${message}. ${hint}`);
}

/** An untrusted certificate ends the program, so that no key dismisses the error. */
export function quitOnUntrusted(reason: ChatError): AppEffect[] {
  return reason.code === 'certificate-untrusted' ? [{ type: 'quit', reason }] : [];
}

/** The login screen is shown until the server accepts the login, and again when it rejects it later. */
function updateLoginScreen(state: AppState, { phase }: SessionState): AppUpdate {
  const form = loginFormOf(state.mode);
  // Each phase is handled once, so that later input stays.
  if (phase === state.session?.phase) return [state, []];
  switch (phase.type) {
    case 'live':
      return [form ? { ...state, mode: conversation } : state, []];
    case 'refused': {
      const isPasswordWrong = phase.reason.code === 'login-refused';
      return showLogin(state, rejectForm(loginForm(state), problemText(phase.reason), isPasswordWrong));
    }
    case 'reconnecting':
      return form ? showLogin(state, rejectForm(form, problemText(phase.reason), false)) : [state, []];
    case 'connecting':
    case 'closed':
      return [state, []];
  }
}

/** Another log has other messages: the notice explains why the list is reset. */
function logNotice(before: SessionState | undefined, { logId, server }: SessionState): Notice | undefined {
  if (before?.logId === undefined || before.logId === logId) return undefined;
  const name = sanitiseLine(server?.address ?? 'The server');
  return { tone: 'warning', text: `${name} has a different history: the list was reset.` };
}

/** The new messages of others since `before`, oldest first, without replays. */
function arrivals(before: SessionState | undefined, { timeline }: SessionState): Item[] {
  const known = before?.timeline.items.at(-1);
  const arrived: Item[] = [];
  for (let index = timeline.items.length - 1; index >= 0; index--) {
    const item = timeline.items.at(index);
    if (!item || item.replay || item.key === known?.key) break;
    if (!item.mine) arrived.push(item);
  }
  return arrived.reverse();
}

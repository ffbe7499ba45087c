import type { ChatError } from '../../../shared/errors.js';
import type { Item } from '../../session/item.js';
import type { SessionState } from '../../session/state.js';
import { sanitiseLine } from '../../terminal/text/sanitise.js';
import { notifyUser } from '../attention/notify-user.js';
import { emptyHistory, withEarlier } from '../composer/composer.js';
import { isReading, updateReading, withReading } from '../conversation/reading.js';
import { resumeReading } from '../conversation/jump.js';
import { isIgnored } from '../conversation/shown-items.js';
import { createLoginForm, rejectForm } from '../login/login-form.js';
import { continueJump } from '../search/jump-to-hit.js';
import type { AppEffect, AppUpdate } from '../state/app-event.js';
import type { AppState } from '../state/app-state.js';
import { conversation, type LoginForm, loginFormOf } from '../state/mode.js';
import type { ChatId, SavedChat } from '../state/remembered.js';

/** Applies a change of the session: the login screen, the unread line and the notification. */
export function updateSession(state: AppState, session: SessionState, at: number): AppUpdate {
  const arrived = arrivals(state.session, session).filter(
    (item) => !isIgnored(item, state.preferences.ignored),
  );
  const unseen = isReading(state) ? [] : arrived;
  const [entered, logins] = updateLoginScreen(ofChat(state, session), session);
  const changed = withReading(
    { ...entered, session, notice: logNotice(state.session, session) ?? state.notice },
    {
      ...(state.reading.unreadKey === undefined && unseen[0]
        ? { unreadKey: unseen[0].key, unreadSequence: unseen[0].message.sequence }
        : {}),
      unreadCount: state.reading.unreadCount + unseen.length,
    },
  );
  const [resumed, resumes] = resumeReading(changed);
  const [jumped, loads] = continueJump(resumed);
  const [notified, notifications] = notifyUser(jumped, arrived, at);
  const [read, waits] = updateReading(notified, at);
  const { phase } = session;
  const isRefusedNow = phase.type === 'refused' && phase !== state.session?.phase;
  const quits = isRefusedNow ? quitOnUntrusted(phase.reason) : [];
  const { chat } = read;
  const asks: AppEffect[] = chat && chat !== state.chat ? [{ type: 'load-chat', id: chat.id }] : [];
  return [read, [...asks, ...logins, ...resumes, ...loads, ...notifications, ...waits, ...quits]];
}

/** Another user, server or log has another history, and other ignored users. */
function ofChat(state: AppState, { phase, user, logId }: SessionState): AppState {
  if (phase.type !== 'live') return state;
  const { address, chat, composer, preferences } = state;
  if (chat?.id.address === address && chat.id.user === user && chat.id.logId === logId) return state;
  const next: AppState = { ...state, chat: { id: { address, user, logId }, isLoaded: false } };
  if (!chat) return next;
  return withReading(
    {
      ...next,
      composer: { ...composer, history: emptyHistory },
      preferences: { ...preferences, ignored: [], clearedKey: undefined },
    },
    { unreadKey: undefined, unreadCount: 0, resumeAfter: undefined },
  );
}

/** What was stored for this chat; ignored if another one is open by now. */
export function chatLoaded(state: AppState, id: ChatId, saved: SavedChat): AppUpdate {
  if (state.chat?.id !== id) return [state, []];
  const { composer, preferences } = state;
  const loaded: AppState = {
    ...state,
    chat: { id, isLoaded: true },
    composer: { ...composer, history: withEarlier(composer.history, saved.history) },
    preferences: { ...preferences, ignored: [...new Set([...saved.ignored, ...preferences.ignored])] },
  };
  return resumeReading(withReading(loaded, { resumeAfter: saved.read }));
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
function logNotice(before: SessionState | undefined, { logId, server }: SessionState): string | undefined {
  if (before?.logId === undefined || before.logId === logId) return undefined;
  return `${sanitiseLine(server?.address ?? 'The server')} has a different history: the list was reset.`;
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

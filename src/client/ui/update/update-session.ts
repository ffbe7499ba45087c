import { type ChatError, revocations } from '../../../shared/errors.js';
import { lobby } from '../../../shared/message.js';
import type { Item } from '../../session/item.js';
import { isChange } from '../../session/rooms.js';
import {
  seenFrom,
  serverSettings,
  type Conversation,
  type RoomState,
  type SessionState,
} from '../../session/state.js';
import { sanitiseLine } from '../../terminal/text/sanitise.js';
import { type Arrival, notifyUser } from '../attention/attention.js';
import { emptyComposer, emptyHistory, withEarlier } from '../composer/composer.js';
import { isReading, updateReading, withReading } from '../conversation/reading.js';
import { resumeReading } from '../conversation/resume-reading.js';
import { isIgnored } from '../conversation/shown-items.js';
import { followMembers } from '../dialogs/text-dialog.js';
import { createLoginForm, rejectForm } from '../login/login-form.js';
import { continueJump } from '../search/jump-to-hit.js';
import { leaveGoneRooms, withDrafts } from '../rooms/open-room.js';
import { roomNotice } from '../rooms/room-notices.js';
import { carryOver, followRooms } from '../rooms/room-settings.js';
import type { AppEffect, AppUpdate } from '../state/app-event.js';
import { type AppState, initialReading, type Notice } from '../state/app-state.js';
import { conversation, isBeingEdited, type LoginForm, loginFormOf } from '../state/mode.js';
import type { Preferences } from '../state/preferences.js';
import type { ChatId, LoadedChat } from '../state/remembered.js';

/** Applies a change of the session: the login screen, the unread line and the notification. */
export function updateSession(before: AppState, now: SessionState, at: number): AppUpdate {
  const [state, ends] = leaveGoneRooms(ofChat(before, now), now);
  const session = seenFrom(now, state.room);
  const arrived = [...now.rooms.values()].flatMap((room) => arrivals(before.session, room, before));
  const unseen = isReading(state)
    ? []
    : arrived.filter(({ room }) => room === state.room).map(({ item }) => item);
  const [entered, logins] = updateLoginScreen(state, session);
  const changed = withReading(
    {
      ...entered,
      session,
      preferences: followRooms(state.preferences, now),
      notice: logNotice(before.session, session) ?? roomNotice(before, now) ?? state.notice,
    },
    {
      ...(state.reading.unreadKey === undefined && unseen[0]
        ? { unreadKey: unseen[0].key, unreadSequence: unseen[0].message.sequence }
        : {}),
      unreadCount: state.reading.unreadCount + unseen.length,
      keepsUnread: state.reading.keepsUnread || isMarkedUnread(before, session),
    },
  );
  const [marked, marks] = markDelivered(changed, before.session, at);
  const [resumed, resumes] = resumeReading(marked);
  const [jumped, loads] = continueJump(resumed);
  const [listed, lists] = followMembers(jumped, before.session);
  const [notified, notifications] = notifyUser(listed, arrived, at);
  const [read, waits] = updateReading(notified, at);
  const { chat } = read;
  const asks: AppEffect[] = chat && chat !== before.chat ? [{ type: 'load-chat', id: chat.id }] : [];
  return [
    read,
    [...asks, ...ends, ...logins, ...marks, ...resumes, ...loads, ...lists, ...notifications, ...waits],
  ];
}

/** How long a message shows that it was delivered. */
const showDeliveredMs = 2000;

/** Own messages that the server has acknowledged since `before` show it for a moment. */
function markDelivered(state: AppState, before: Conversation | undefined, at: number): AppUpdate {
  const waiting = before?.outbox.entries.filter(({ item }) => item.delivery.type !== 'delivered') ?? [];
  const { session } = state;
  if (waiting.length === 0 || !session || before?.outbox === session.outbox) return [state, []];
  const now = new Map(session.outbox.entries.map(({ item }) => [item.key, item.delivery.type]));
  // What is neither here nor in the list was discarded: its mark is never seen.
  const delivered = waiting.filter(({ item }) => (now.get(item.key) ?? 'delivered') === 'delivered');
  if (delivered.length === 0) return [state, []];
  const until = delivered.map(({ item }) => [item.key, at + showDeliveredMs] as const);
  const deliveredUntilMs = new Map([...state.deliveredUntilMs, ...until]);
  return [{ ...state, deliveredUntilMs }, [{ type: 'wait', delayMs: showDeliveredMs }]];
}

export function forgetDelivered(state: AppState, at: number): AppState {
  const left = [...state.deliveredUntilMs].filter(([, untilMs]) => untilMs > at);
  return left.length === state.deliveredUntilMs.size ? state : { ...state, deliveredUntilMs: new Map(left) };
}

/** Another user, server or log has another history, other ignored users and other messages to find. */
function ofChat(state: AppState, { phase, user, logId }: SessionState): AppState {
  if (phase.type !== 'live') return state;
  const { address, chat, composer, preferences } = state;
  if (chat?.id.address === address && chat.id.user === user && chat.id.logId === logId) return state;
  const next: AppState = { ...state, chat: { id: { address, user, logId }, isLoaded: false } };
  if (!chat) return next;
  // Its rooms have other numbers: their drafts are stored. The draft of the lobby stays on the screen.
  const lobbys = state.room === lobby ? composer : (state.views.get(lobby)?.composer ?? emptyComposer);
  return withReading(
    {
      ...next,
      room: lobby,
      previousRoom: lobby,
      views: new Map(),
      tour: undefined,
      // Its hits are sequences of the earlier log.
      lastSearch: undefined,
      composer: { ...lobbys, history: emptyHistory },
      preferences: { ...preferences, ignored: [], clearedKey: undefined, rooms: new Map() },
    },
    state.room === lobby ? { unreadKey: undefined, unreadCount: 0, resumeAfter: undefined } : initialReading,
  );
}

/** What was stored for this chat; ignored if another one is open by now. */
export function chatLoaded(state: AppState, id: ChatId, saved: LoadedChat): AppUpdate {
  if (state.chat?.id !== id) return [state, []];
  const { composer } = state;
  const preferences: Preferences = {
    ...state.preferences,
    ignored: [...new Set([...saved.ignored, ...state.preferences.ignored])],
    rooms: new Map([...saved.rooms, ...state.preferences.rooms]),
  };
  const loaded: AppState = {
    ...state,
    chat: { id, isLoaded: true },
    composer: { ...composer, history: withEarlier(composer.history, saved.history) },
    preferences,
  };
  const [resumed, effects] = resumeLobby(withDrafts(loaded, saved), readUpToOf(state, saved));
  return [resumed, [...effects, ...carryOver(loaded)]];
}

/** What was read of the lobby, here or by another client; undefined if nothing was. */
function readUpToOf({ session }: AppState, { read = 0 }: LoadedChat): number | undefined {
  const marked = session?.rooms.get(lobby)?.room.own?.readUpTo ?? 0;
  return Math.max(read, marked) || undefined;
}

/** The stored read position is that of the lobby. */
function resumeLobby(state: AppState, resumeAfter: number | undefined): AppUpdate {
  if (state.room === lobby) return resumeReading(withReading(state, { resumeAfter }));
  const view = state.views.get(lobby) ?? { composer: emptyComposer, reading: initialReading };
  const views = new Map(state.views).set(lobby, { ...view, reading: { ...view.reading, resumeAfter } });
  return [{ ...state, views }, []];
}

/** Opens the login screen and closes dialogs. */
export function showLogin(state: AppState, form: LoginForm): AppUpdate {
  const { mode } = state;
  const isSearching = mode.type === 'search' && mode.progress.type === 'running';
  return [{ ...state, mode: { type: 'login', form } }, isSearching ? [{ type: 'stop-search' }] : []];
}

/** The current form, or a new one with known values. */
export function loginForm({ mode, address, user, session, composer }: AppState): LoginForm {
  // A log id is known once a login was accepted.
  const isWriting = session?.logId !== undefined || composer.editor.text !== '';
  return (
    loginFormOf(mode) ?? createLoginForm({ address, user: session?.user ?? user, password: '' }, isWriting)
  );
}

/** Shows the login screen with the reason, unless the user is editing the form or answering a question. */
export function showFailure(state: AppState, reason: ChatError): AppUpdate {
  if (isBeingEdited(state.mode)) return [state, []];
  const isRefused = reason.code === 'login-refused';
  const problem = isRefused ? refusalText(state, reason) : problemText(reason);
  const form = rejectForm(loginForm(state), problem, isRefused);
  const [next, effects] = showLogin(state, form);
  // An untrusted certificate ends the program, so that no key dismisses the error.
  const quits = reason.code === 'certificate-untrusted' ? [{ type: 'quit', reason } as const] : [];
  return [next, [...effects, ...quits]];
}

function refusalText({ mode, session }: AppState, { message }: ChatError): string {
  switch (message) {
    case revocations.passwordChanged:
      return 'Your password was changed.';
    case revocations.removed:
      return 'Your account was removed.';
    default:
      return mode.type !== 'login' && session?.logId !== undefined
        ? 'Your login is no longer accepted.'
        : 'Login refused: wrong user or password.';
  }
}

/** An error as sentences on one line. Servers may write part of it. */
function problemText({ message, hint, retry }: ChatError): string {
  const advice = hint ?? (retry.permanent ? undefined : 'Press Enter to try again.');
  // An address keeps its case.
  const sentence = message.replace(/^[a-z](?=[a-z]* )/, (letter) => letter.toUpperCase());
  return sanitiseLine(advice === undefined ? sentence : `${sentence}. ${advice}`);
}

/** The login screen is shown until the server accepts the login, and again when it rejects it later. */
function updateLoginScreen(state: AppState, { phase }: Conversation): AppUpdate {
  // Each phase is handled once, so that later input stays.
  if (phase === state.session?.phase || isBeingEdited(state.mode)) return [state, []];
  const isLoggingIn = state.mode.type === 'login';
  switch (phase.type) {
    case 'live':
      return [isLoggingIn ? { ...state, mode: conversation } : state, []];
    case 'refused':
      return showFailure(state, phase.reason);
    case 'reconnecting': {
      if (!isLoggingIn) return [state, []];
      const [next, effects] = showFailure(state, phase.reason);
      // No attempt is repeated behind the form: the user decides when.
      return [next, [...effects, { type: 'stop-login' }]];
    }
    case 'connecting':
    case 'closed':
      return [state, []];
  }
}

/** Another log has other messages: the notice explains why the list is reset. */
function logNotice(before: Conversation | undefined, { logId, server }: Conversation): Notice | undefined {
  if (before?.logId === undefined || before.logId === logId) return undefined;
  const name = sanitiseLine(server?.address ?? 'The server');
  return { tone: 'warning', text: `${name} has a different history: the list was reset.` };
}

/** Whether another session has just marked the room in view as unread, which looking at it does not undo. */
function isMarkedUnread({ session: before, room }: AppState, now: Conversation): boolean {
  if (before?.room.number !== room || now.room.number !== room) return false;
  return serverSettings(now)?.markedUnread === true && serverSettings(before)?.markedUnread === false;
}

/** The new messages of others in a room since `before`, oldest first, without replays and ignored users. */
function arrivals(
  before: Conversation | undefined,
  { room: { number }, timeline }: RoomState,
  { preferences }: AppState,
): readonly Arrival[] {
  const { timeline: earlier } = before?.rooms.get(number) ?? {};
  if (earlier === timeline) return [];
  const known = earlier?.items.at(-1);
  const arrived: Item[] = [];
  for (let index = timeline.items.length - 1; index >= 0; index--) {
    const item = timeline.items.at(index);
    if (!item || item.replay || item.key === known?.key) break;
    if (!item.mine && !isChange(item.message) && !isIgnored(item, preferences.ignored)) arrived.push(item);
  }
  return arrived.reverse().map((item) => ({ item, room: number }));
}

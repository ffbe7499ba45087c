import type { ChatError } from '../../shared/errors.js';
import { isSameName } from '../../shared/fold-text.js';
import { isMessageChange, lobby, type Message } from '../../shared/message.js';
import type { Online } from '../connection/port.js';
import { readBatch } from '../connection/read-position.js';
import { close, disconnect } from './disconnect.js';
import type { Timer, Context, Effect, RoomUpdate, Update } from './effects.js';
import type { SessionEvent } from './events.js';
import { connect, leaveFailingServer, lost, opened, retry } from './link.js';
import { withChanges } from './current-form.js';
import { loadOriginals, messagesChanged, messagesKnown } from './message-changes.js';
import { loadNext, loadPlace, nextPageFailed, nextPageLoaded, previousPagesForgotten } from './excerpt.js';
import { discard, dropEntry, dropPassed, enqueue, findEcho, resend } from './outbox.js';
import { loadPrevious, previousPageLoaded, previousPageFailed } from './previous-page.js';
import { configure, configured, mutesEnded, settingsArrived, shownAgain } from './room-settings.js';
import { pauseElapsed, sendFailed, sendNext, sent } from './queue.js';
import {
  inRoom,
  isChange,
  marked,
  markedElsewhere,
  markedUnread,
  roomChanged,
  roomGone,
  roomKnown,
  viewRoom,
  windowOf,
} from './rooms.js';
import { withRoom, type Conversation, type RoomState, type SessionState } from './state.js';
import { typingAfter, typingArrived, typingExpired } from './typing.js';
import { receive, type Arrival, type Arriving } from './timeline.js';

/** Pure. */
export function update(state: SessionState, event: SessionEvent, context: Context): Update {
  if (state.phase.type === 'closed') return [state, []];
  switch (event.type) {
    case 'submit':
      return sendNext({ ...state, outbox: enqueue(state.outbox, event.draft, state.user) });
    case 'resend':
      return sendNext({ ...state, outbox: resend(state.outbox, event.key) });
    case 'discard':
      return [{ ...state, outbox: discard(state.outbox, event.key) }, []];
    case 'reconnect':
      return connect(state);
    case 'view-room':
      return viewRoom(state, event.room);
    case 'mark-read':
      return marked(state, event.room);
    case 'mark-unread':
      return markedUnread(state, event.room, event.from, context);
    case 'configure':
      return configure(state, event.room, event.settings);
    case 'end-mutes':
      return [mutesEnded(state, event.nowMs), []];
    case 'load-previous-page':
      return inCurrentRoom(state, loadPrevious);
    case 'load-place':
      return inCurrentRoom(state, (room) => loadPlace(room, event.after));
    case 'load-next-page':
      return inCurrentRoom(state, loadNext);
    case 'forget-previous-pages':
      return inCurrentRoom(state, previousPagesForgotten);
    case 'disconnect':
      return disconnect(state);
    case 'close':
      return close(state);
    case 'opened':
      return opened(state, event.opened, context);
    case 'received':
      return received(state, event, context);
    case 'lost':
      return lost(state, event.reason, context);
    case 'sent':
      return sent(state, event.id, event.sent);
    case 'send-failed':
      return leaveFailingServer(sendFailed(state, event.id, event.reason, context), event.reason, context);
    case 'waited':
      return timerFired(state, event.timer, context.now);
    case 'room-known':
      return [roomKnown(state, event.room, context.wall), []];
    case 'configured':
      return [configured(state, event), []];
    case 'room-gone':
      return roomGone(state, event.room);
    case 'previous-page':
      return pageLoaded(state, event, (room, messages) => previousPageLoaded(room, messages, event.before));
    case 'previous-page-failed':
      return inRoom(state, event.room, (room) => previousPageFailed(room, event.reason, event.before));
    case 'next-page':
      return pageLoaded(state, event, (room, messages) => nextPageLoaded(room, event.after, messages));
    case 'next-page-failed':
      return inRoom(state, event.room, (room) => nextPageFailed(room, event.after, event.reason));
    case 'messages-known':
      return messagesKnown(state, event);
    case 'online':
      return onlineArrived(state, event, context);
    case 'online-lost':
      return onlineLost(state, event.reason);
  }
}

function inCurrentRoom(state: SessionState, change: (room: Conversation) => RoomUpdate): Update {
  return inRoom(state, state.viewed[0] ?? lobby, change);
}

/** `add`: adds a page to the room. Its messages get the changes that arrived since it was requested. */
function pageLoaded(
  state: SessionState,
  { room: number, messages }: { readonly room: number; readonly messages: readonly Message[] },
  add: (room: Conversation, messages: readonly Message[]) => RoomUpdate,
): Update {
  const current = withChanges(messages, state.rooms.get(number)?.changes ?? []);
  const [loaded, effects] = inRoom(state, number, (room) => add(room, current));
  const [next, asks] = loadOriginals(loaded, number, current);
  return [next, [...effects, ...asks]];
}

/** Own messages move from the outbox to the timeline under their old key. */
function received(
  state: SessionState,
  batch: Extract<SessionEvent, { type: 'received' }>,
  context: Context,
): Update {
  const read = readBatch(state.position, batch);
  const effects: Effect[] = [];
  let { outbox, newestPlain } = state;
  let next = state;
  const arrivals = new Map<number, Arrival[]>();
  const changes = new Map<number, Message[]>();
  for (const message of read.fresh) {
    if (!message.detail) newestPlain = message;
    if (message.detail && isMessageChange(message.detail)) {
      const { room } = message.detail;
      const earlier = changes.get(room);
      if (earlier) earlier.push(message);
      else changes.set(room, [message]);
      continue;
    }
    const entry = findEcho(outbox, message, state);
    if (entry) outbox = dropEntry(outbox, entry.draft.id);
    const arrival = { message, ownKey: entry?.item.key };
    const number = message.detail?.room ?? lobby;
    const others = arrivals.get(number);
    if (others) others.push(arrival);
    else arrivals.set(number, [arrival]);
    if (!isChange(message)) continue;
    const [changed, asks] = roomChanged(next, message);
    next = changed;
    effects.push(...asks);
  }
  const { startsNewList } = state.position;
  if (startsNewList && !arrivals.has(lobby)) arrivals.set(lobby, []);
  for (const [number, arrived] of arrivals) {
    const arriving = { startsNewList, isReplay: read.isReplay, window: windowOf(next, number) };
    next = withArrivals(next, number, { arrived, arriving, context });
  }
  for (const [number, ofRoom] of changes) {
    const [changed, asks] = messagesChanged(next, number, ofRoom, context);
    next = changed;
    effects.push(...asks);
  }
  const [current = lobby] = next.viewed;
  const arrivedHere = arrivals.get(current)?.map(({ message }) => message) ?? [];
  const [asked, asks] = loadOriginals(next, current, arrivedHere);
  next = asked;
  effects.push(...asks);
  const { position } = read;
  return [{ ...next, position, newestPlain, outbox: dropPassed(outbox, position.readUpTo) }, effects];
}

function withArrivals(
  state: SessionState,
  number: number,
  {
    arrived,
    arriving,
    context,
  }: { readonly arrived: readonly Arrival[]; readonly arriving: Arriving; readonly context: Context },
): SessionState {
  const room = state.rooms.get(number);
  if (!room) return state;
  const timeline = receive(room.timeline, arrived, arriving, state);
  const isComplete = room.previousPage.type === 'none' || room.previousPage.type === 'full';
  const wasTrimmed = timeline.trimmed > room.timeline.trimmed && isComplete && !arriving.startsNewList;
  return withRoom(state, number, {
    timeline,
    ...withNews(room, arrived, arriving, state, context),
    typing: typingAfter(
      room.typing,
      arrived.map(({ message }) => message),
    ),
    ...(arrived.some(({ message }) => !isChange(message)) && shownAgain(room)),
    ...(wasTrimmed && { previousPage: { type: 'more' } as const }),
  });
}

/** Counts the messages of others; changes of the room and a history are no news. */
function withNews(
  { room, news, newsAfter }: RoomState,
  arrived: readonly Arrival[],
  { isReplay }: Arriving,
  { user }: SessionState,
  { isMention }: Context,
): Pick<RoomState, 'news' | 'newsAfter'> {
  let { messages, mentions } = news;
  let after = newsAfter;
  for (const { message } of arrived) {
    if (isChange(message) || isReplay(message) || isSameName(message.from, user)) continue;
    const mentioned = isMention(message);
    if (mentioned === 'ignored') continue;
    const isCounted = room.own !== undefined && message.sequence <= room.newest;
    // The server counts those that name the user, but does not know the words that the user chose.
    if (mentioned && !(isCounted && message.detail?.mentions)) mentions++;
    if (isCounted) continue;
    if (messages === 0) after = message.sequence - 1;
    messages++;
  }
  return messages === news.messages && mentions === news.mentions
    ? { news, newsAfter }
    : { news: { messages, mentions }, newsAfter: after };
}

function timerFired(state: SessionState, timer: Timer, nowMs: number): Update {
  switch (timer) {
    case 'reconnect':
      return retry(state);
    case 'send':
      return pauseElapsed(state);
    case 'online':
      return askOnline(state);
    case 'typing':
      return typingExpired(state, nowMs);
  }
}

/** More names are not kept. */
export const maxShownNames = 1000;

const presenceRetryMs = 10_000;

function onlineArrived(
  state: SessionState,
  { names, storageProblem, marks = [], settings = [], typing = [] }: Online,
  { now, wall }: Context,
): Update {
  if (state.phase.type !== 'live') return [state, []];
  const effects: Effect[] = [];
  let next: SessionState = {
    ...state,
    online: names.slice(0, maxShownNames),
    storageProblem,
    extensions: true,
  };
  for (const mark of marks) {
    const [marked, asks] = markedElsewhere(next, mark);
    next = marked;
    effects.push(...asks);
  }
  for (const each of settings) next = settingsArrived(next, each, wall);
  const [typed, waits] = typingArrived(next, typing, now);
  return [typed, [...effects, ...waits]];
}

function onlineLost(state: SessionState, reason: ChatError): Update {
  const unknown = { ...state, online: undefined, storageProblem: undefined };
  if (reason.code === 'unsupported') return [{ ...unknown, extensions: false }, []];
  return [unknown, [{ type: 'wait', timer: 'online', milliseconds: presenceRetryMs }]];
}

function askOnline(state: SessionState): Update {
  return [state, state.phase.type === 'live' ? [{ type: 'watch-online' }] : []];
}

import { isSameName } from '../../shared/fold-text.js';
import { contentType, type Message } from '../../shared/message.js';
import { maxCounted } from '../../shared/room-answers.js';
import { changedBy, indexOfSequence, isDeleted, isIncomplete, withChanges } from './current-form.js';
import type { Context, Effect, Update } from './effects.js';
import type { Item } from './item.js';
import type { PagedList } from './paged-list.js';
import { withRoom, type News, type RoomState, type SessionState } from './state.js';

/** Of the changes that are kept while a request is not answered. */
const maxChanges = 1000;
const maxAsked = 100;
const maxOriginals = 200;
/** Of an original: it is shown on one line. */
const maxOriginalBytes = 1024;
/** So that a message with very many reactions is not requested after each of them. */
const staleDelayMs = 1000;

/** Applies the changes of messages of a room, in the order of the log. What is not loaded is not changed. */
export function messagesChanged(
  state: SessionState,
  number: number,
  changes: readonly Message[],
  context: Context,
): Update {
  const before = state.rooms.get(number);
  if (!before) return [state, []];
  let room: RoomState = {
    ...before,
    changes: isWaiting(before) ? [...before.changes, ...changes].slice(-maxChanges) : [],
  };
  const stale = new Set<number>();
  for (const change of changes) {
    const target = change.detail?.target ?? 0;
    const old = loadedMessage(room, target);
    if (!old) continue;
    const changed = changedBy(old, change);
    if (changed === old) continue;
    room = { ...withMessage(room, changed), news: newsWithout(room, old, changed, state, context) };
    if (isIncomplete(changed)) stale.add(target);
  }
  return asking(withRoom(state, number, room), number, [...stale], staleDelayMs);
}

/** The loaded form of a message of a room; of an original only the beginning. */
export function loadedMessage(
  { timeline, excerpt, originals }: Pick<RoomState, 'timeline' | 'excerpt' | 'originals'>,
  sequence: number,
): Message | undefined {
  if (sequence <= 0) return undefined;
  return found(timeline.items, sequence) ?? found(excerpt?.items, sequence) ?? originals.get(sequence);
}

function found(items: PagedList<Item> | undefined, sequence: number): Message | undefined {
  const index = items ? indexOfSequence(items, sequence) : -1;
  return index < 0 ? undefined : items?.at(index)?.message;
}

/** Requests the messages that these messages of a room reply to, as far as they are not known. */
export function loadOriginals(state: SessionState, number: number, replies: Iterable<Message>): Update {
  const room = state.rooms.get(number);
  if (!room || !state.hasRooms || state.phase.type !== 'live') return [state, []];
  const wanted = new Set<number>();
  for (const { sequence, detail } of replies) {
    const original = detail?.replyTo ?? 0;
    if (original <= 0 || original >= sequence || room.originals.has(original)) continue;
    if (!loadedMessage(room, original)) wanted.add(original);
  }
  return asking(state, number, [...wanted], 0);
}

function asking(state: SessionState, number: number, wanted: readonly number[], delayMs: number): Update {
  const room = state.rooms.get(number);
  const sequences = wanted.filter((sequence) => !room?.asked.includes(sequence));
  if (!room || sequences.length === 0) return [state, []];
  const effects: Effect[] = [];
  for (let start = 0; start < sequences.length; start += maxAsked) {
    const some = sequences.slice(start, start + maxAsked);
    effects.push({ type: 'fetch-messages', room: number, sequences: some, delayMs });
  }
  return [withRoom(state, number, { asked: [...room.asked, ...sequences] }), effects];
}

/** Messages that were requested by themselves: originals, or reactions whose names are not all known. */
export function messagesKnown(
  state: SessionState,
  {
    room: number,
    asked,
    messages,
  }: {
    readonly room: number;
    readonly asked: readonly number[];
    readonly messages: readonly Message[] | undefined;
  },
): Update {
  const before = state.rooms.get(number);
  if (!before || !asked.some((sequence) => before.asked.includes(sequence))) return [state, []];
  let room: RoomState = { ...before, asked: before.asked.filter((sequence) => !asked.includes(sequence)) };
  const known = new Map(
    withChanges(messages ?? [], before.changes)
      .filter(({ detail }) => (detail?.room ?? 0) === number)
      .map((message) => [message.sequence, message]),
  );
  const stale: number[] = [];
  for (const sequence of asked) {
    const message = known.get(sequence);
    const inList = found(room.timeline.items, sequence) ?? found(room.excerpt?.items, sequence);
    if (!inList) {
      if (messages) room = { ...room, originals: withOriginal(room.originals, sequence, message) };
    } else if (message) {
      room = withMessage(room, withReactionsOf(inList, message));
      const isChanging = before.changes.some(({ detail }) => detail?.target === sequence);
      if (isChanging && isIncomplete(message)) stale.push(sequence);
    }
  }
  return asking(withRoom(state, number, room), number, stale, staleDelayMs);
}

function withReactionsOf(message: Message, { detail }: Message): Message {
  if (!detail || isDeleted(message)) return message;
  const { reactions = [] } = detail;
  return {
    ...message,
    detail: { ...(message.detail ?? { room: detail.room, kind: detail.kind }), reactions },
  };
}

function withOriginal(
  originals: RoomState['originals'],
  sequence: number,
  message: Message | undefined,
): RoomState['originals'] {
  const next = new Map(originals).set(sequence, message && beginning(message));
  for (const oldest of next.keys()) {
    if (next.size <= maxOriginals) break;
    next.delete(oldest);
  }
  return next;
}

function beginning(message: Message): Message {
  const length = message.type === contentType.image ? 0 : maxOriginalBytes;
  return { ...message, content: message.content.slice(0, length) };
}

/** Replaces a loaded message by another form of it. */
function withMessage(room: RoomState, message: Message): RoomState {
  const { sequence } = message;
  const { timeline, excerpt, originals } = room;
  const inTimeline = indexOfSequence(timeline.items, sequence);
  const inExcerpt = excerpt ? indexOfSequence(excerpt.items, sequence) : -1;
  const bytes = message.content.length - (found(timeline.items, sequence)?.content.length ?? 0);
  return {
    ...room,
    ...(inTimeline >= 0 && {
      timeline: {
        ...timeline,
        items: replaced(timeline.items, inTimeline, message),
        bytes: timeline.bytes + bytes,
      },
    }),
    ...(excerpt &&
      inExcerpt >= 0 && { excerpt: { ...excerpt, items: replaced(excerpt.items, inExcerpt, message) } }),
    ...(originals.get(sequence) && { originals: new Map(originals).set(sequence, beginning(message)) }),
  };
}

function replaced(items: PagedList<Item>, index: number, message: Message): PagedList<Item> {
  const item = items.at(index);
  if (!item) return items;
  const imageNumber = isDeleted(message) ? undefined : item.imageNumber;
  return items.with(index, { ...item, message, imageNumber });
}

/** A message that is deleted before it was read is no longer news, unless the count is not exact. */
function newsWithout(
  { news, newsAfter }: RoomState,
  before: Message,
  after: Message,
  { user }: SessionState,
  { isMention }: Context,
): News {
  const wasNews = before.sequence > newsAfter && !isSameName(before.from, user) && news.messages > 0;
  const mentioned = isMention(before);
  if (!isDeleted(after) || !wasNews || mentioned === 'ignored' || news.messages >= maxCounted) return news;
  const messages = news.messages - 1;
  return {
    messages,
    mentions: Math.min(messages, mentioned ? Math.max(0, news.mentions - 1) : news.mentions),
  };
}

function isWaiting({ previousPage, place, excerpt, asked }: RoomState): boolean {
  const pages = [previousPage, excerpt?.previousPage, excerpt?.nextPage, place];
  return asked.length > 0 || pages.some((page) => page?.type === 'loading');
}

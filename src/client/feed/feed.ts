import type { Clock } from '../../shared/clock.js';
import { ChatError } from '../../shared/errors.js';
import { lobby, type Message } from '../../shared/message.js';
import { pageSizes } from '../../shared/message-queries.js';
import { nextAttempt, reconnectDelay } from '../connection/backoff.js';
import type { Connection, Cursor, Opened, SubscriptionEvent } from '../connection/port.js';
import { retryWhenRateLimited } from '../connection/retry-when-rate-limited.js';
import { fetchServerInfo } from '../connection/server-info.js';
import { delayUntilAborted } from '../../shared/async/delay.js';
import { findStart, selectRange, type HistoryRange } from './history-range.js';
import { createFeedPosition, type FeedPosition, type NewMessage } from './feed-position.js';
import { createFollowedRooms, type FeedRoom, type FollowedRooms, type RoomScope } from './followed-rooms.js';
import { createRoomReader, mergeReaders, type RoomReader } from './room-history.js';

/** `connected` comes first, and again after each `lost`. */
export type FeedEvent =
  | { readonly type: 'connected'; readonly opened: Opened }
  | { readonly type: 'lost'; readonly reason: ChatError; readonly retryInMs: number }
  /** Messages may be missing: the server has another log, or has dropped the next ones. */
  | { readonly type: 'gap' }
  /** `replay`: older than the feed. With rooms, also an entry that changed a room or its members. */
  | {
      readonly type: 'message';
      readonly message: Message;
      readonly replay: boolean;
      /** Absent if the feed or the server has no rooms. */
      readonly place?: FeedPlace;
    };

/** `roomCount`: how many rooms the feed shows at this entry. */
export type FeedPlace = { readonly room: FeedRoom; readonly roomCount: number };

/** The arguments of `readFeed`. */
export type FeedOptions = {
  readonly connection: Pick<Connection, 'subscribe' | 'history'> & Partial<Pick<Connection, 'rooms'>>;
  /** By default the feed has only the lobby, as on a server without rooms. */
  readonly rooms?: RoomScope | undefined;
  /** The history to start with, of each room; undefined: the server's default, and some messages of other rooms. */
  readonly range: HistoryRange | undefined;
  /** Returns after the history; a lost connection is an error. */
  readonly once: boolean;
  /** Whether the user appears online; by default false. */
  readonly isPresent?: boolean;
  readonly clock: Clock;
  readonly random: () => number;
  readonly signal: AbortSignal;
};

/** What a feed has read, across its connections. */
type Reading = {
  readonly position: FeedPosition;
  readonly rooms: FollowedRooms | undefined;
  /** The part of the history that is not read yet, if the server has rooms. */
  history: RoomReader | undefined;
};

/** Yields each message once and in order, across reconnects. Throws permanent errors and a failed first connection. */
export async function* readFeed(options: FeedOptions): AsyncGenerator<FeedEvent, void, void> {
  const { clock, once, random, signal, rooms } = options;
  const position = createFeedPosition();
  const reading: Reading = { position, rooms: rooms && createFollowedRooms(rooms), history: undefined };
  let attempt = 0;
  for (;;) {
    let since: number | undefined;
    let others = 0;
    try {
      for await (const event of readOnce(reading, options)) {
        if (event.type === 'connected') {
          since = clock.monotonicMs();
          others = event.opened.server?.others ?? 0;
        }
        yield event;
      }
      return;
    } catch (thrown) {
      if (signal.aborted) return;
      const reason = ChatError.from(thrown);
      const canContinue = !once || (reason.code === 'internal' && position.isCutShort());
      if (!canContinue || !position.isKnown() || !isTemporary(reason)) throw reason;
      attempt = nextAttempt(attempt, since === undefined ? undefined : clock.monotonicMs() - since);
      const retryInMs = reconnectDelay({ attempt, others, reason }, random());
      yield { type: 'lost', reason, retryInMs };
      await delayUntilAborted(retryInMs, clock, signal);
    }
  }
}

function isTemporary({ code, retry }: ChatError): boolean {
  return !retry.permanent && code !== 'not-permitted';
}

async function* readOnce(reading: Reading, options: FeedOptions): AsyncGenerator<FeedEvent, void, void> {
  const { position, rooms } = reading;
  const { once, signal } = options;
  const range = position.isKnown() ? undefined : options.range;
  let head: number | undefined;
  let isFirst = true;
  let followed: FollowedRooms | undefined;
  for await (const event of subscribe(position.cursor(), range, options)) {
    if (event.type === 'opened') {
      ({ head } = event);
      yield { type: 'connected', opened: event };
      const isGap = position.open(event);
      if (isGap) yield { type: 'gap' };
      if (!event.hasRooms || !rooms) continue;
      followed = rooms;
      rooms.open(event);
      checkRooms(rooms, options);
      if (!event.resumed)
        reading.history = historyBefore(event, rooms, rangeBefore(event, isGap, reading, options), options);
      yield* restOfHistory(reading, rooms, options);
      if (once) return;
      continue;
    }
    const { messages, damage, upTo } = event;
    if (followed) {
      await learnRooms(followed, messages, options);
      for (const each of position.take(messages, damage, upTo)) yield* entryEvents(each, followed, options);
      continue;
    }
    const newMessages = position.take(messages, damage, upTo);
    const shown = isFirst && range && !position.hasLog() ? selectRange(newMessages, range) : newMessages;
    for (const { message, replay } of shown) yield { type: 'message', message, replay };
    const isEmpty = messages.length === 0 && !damage;
    const isHistoryComplete = isEmpty || head === undefined || position.hasRead(head);
    if (once && isHistoryComplete) return;
    isFirst = false;
  }
  if (!signal.aborted) throw new ChatError('unreachable', 'the server ended the connection');
}

const noAnswer = { logId: undefined, head: undefined, headDigest: undefined };

async function* subscribe(
  cursor: Cursor | undefined,
  range: HistoryRange | undefined,
  { connection, rooms, isPresent = false, clock, signal }: FeedOptions,
): AsyncGenerator<SubscriptionEvent, void, void> {
  const scope = { isPresent, ...(rooms && { rooms: true, changes: true, resumeAll: true }) };
  let info: Pick<Opened, keyof typeof noAnswer> = noAnswer;
  if (range && !rooms) info = await fetchServerInfo(connection, signal);
  if (info.logId === undefined) {
    for await (const event of connection.subscribe(cursor, signal, scope)) {
      const isLobby = rooms && range && event.type === 'opened' && !event.hasRooms;
      if (isLobby && event.logId !== undefined) {
        info = event;
        break;
      }
      yield event;
    }
  }
  const { logId, head = 0, headDigest } = info;
  if (!range || logId === undefined) return;
  const after = await findStart({ connection, head, range, clock, signal });
  const start = { logId, after, digest: after === head ? headDigest : undefined };
  for await (const event of connection.subscribe(start, signal, scope)) {
    // Messages that arrived during the search for the start are not history.
    yield event.type === 'opened' ? { ...event, head, headDigest } : event;
  }
}

/** What to read before a stream of rooms that did not resume. */
function rangeBefore(
  { head = 0 }: Opened,
  isGap: boolean,
  { position }: Reading,
  { range }: FeedOptions,
): HistoryRange | undefined {
  if (!isGap) return range;
  const after = position.readBeforeGap();
  return after === undefined ? undefined : { after: Math.min(after, head), isCounted: () => true };
}

/** The history of the rooms up to the head of a stream. Nothing is read before it is asked for. */
function historyBefore(
  { head = 0 }: Opened,
  rooms: FollowedRooms,
  range: HistoryRange | undefined,
  options: FeedOptions,
): RoomReader | undefined {
  const { connection, clock, signal } = options;
  if (!connection.rooms) return undefined;
  const shared = { rooms: connection.rooms, head, clock, signal, memory: { bytes: 0 } };
  const start = async (): Promise<RoomReader> => {
    const newest: HistoryRange = { count: pageSizes.default, isCounted: () => true };
    const rangeOf = async (room: number): Promise<HistoryRange> => {
      if (range || room !== lobby) return range ?? newest;
      return { after: await startOfDefaultHistory(head, options), isCounted: () => true };
    };
    const readers: RoomReader[] = [];
    for (const room of roomsToRead(rooms, range))
      readers.push(createRoomReader({ ...shared, room, range: await rangeOf(room) }));
    return mergeReaders(readers);
  };
  let reader: RoomReader | undefined;
  return {
    async next() {
      reader ??= await start();
      return reader.next();
    },
    take: () => reader?.take(),
  };
}

/** A call for each is well below the rate limit of a server. */
const maxRoomsByDefault = 50;

/** Reading a room costs a call. A number of messages includes none of rooms that have none. */
function roomsToRead(rooms: FollowedRooms, range: HistoryRange | undefined): readonly number[] {
  if (!range) return rooms.active().filter((room, index) => room === lobby || index < maxRoomsByDefault);
  return range.count === undefined ? rooms.shown() : rooms.active();
}

/** Where the history starts that the server sends of the lobby by itself. */
async function startOfDefaultHistory(head: number, { connection, signal }: FeedOptions): Promise<number> {
  const enough = new AbortController();
  try {
    const stream = connection.subscribe(undefined, AbortSignal.any([signal, enough.signal]), {
      isPresent: false,
    });
    for await (const event of stream) {
      if (event.type === 'messages') return Math.min(head, (event.messages[0]?.sequence ?? head + 1) - 1);
    }
  } finally {
    enough.abort();
  }
  return head;
}

/** Continues after a reconnect where it was. */
async function* restOfHistory(
  reading: Reading,
  rooms: FollowedRooms,
  options: FeedOptions,
): AsyncGenerator<FeedEvent, void, void> {
  for (;;) {
    const message = await reading.history?.next();
    if (!message || options.signal.aborted) break;
    await learnRooms(rooms, [message], options);
    reading.history?.take();
    const stored = reading.position.takeStored(message);
    if (stored) yield* entryEvents(stored, rooms, options);
  }
  reading.history = undefined;
}

function* entryEvents(
  { message, replay }: NewMessage,
  rooms: FollowedRooms,
  options: FeedOptions,
): Generator<FeedEvent, void, void> {
  if (!rooms.isShown(message)) return;
  const place = { room: rooms.of(message), roomCount: rooms.shown().length };
  yield { type: 'message', message, replay, place };
  rooms.apply(message);
  checkRooms(rooms, options, place.room);
}

/** Before entries are taken: if a call fails, they are requested again. */
async function learnRooms(
  followed: FollowedRooms,
  entries: readonly Message[],
  { connection: { rooms }, clock, signal }: FeedOptions,
): Promise<void> {
  for (const number of followed.unknownIn(entries)) {
    if (!rooms) return;
    const get = () => rooms.get(number, signal);
    const room = await retryWhenRateLimited(get, clock, signal).catch((thrown: unknown) => {
      // The user may have lost it since.
      if (ChatError.from(thrown).code === 'no-such-room') return undefined;
      throw thrown;
    });
    if (room) followed.add(room);
  }
}

/** Throws if the rooms that were asked for are all lost; `last`: the last of them. */
function checkRooms(followed: FollowedRooms, { rooms }: FeedOptions, last?: FeedRoom): void {
  if (!rooms?.only || followed.shown().length > 0) return;
  const name = last && last.name !== '' ? `#${last.name}` : 'the room';
  throw new ChatError('not-permitted', `you are no longer a member of ${name}`);
}

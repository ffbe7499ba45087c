import type { ChatError } from '../../shared/errors.js';
import { lobby, past, roomRole, roomType, type Message } from '../../shared/message.js';
import { defaultLimits, type ContentLimits } from '../../shared/message-rules.js';
import type { RoomSettings, RoomView } from '../../shared/room-answers.js';
import type { ServerInUse } from '../connection/port.js';
import { nothingRead, type ReadPosition } from '../connection/read-position.js';
import type { Item } from './item.js';
import type { PagedList } from './paged-list.js';
import { emptyOutbox, type Outbox, type OutboxEntry } from './outbox.js';
import { emptyTimeline, type Timeline } from './timeline.js';

/** The state of the connection. */
export type Phase =
  | { readonly type: 'connecting' }
  /** `since`: monotonic milliseconds; `attempts`: how many it took to reconnect. */
  | { readonly type: 'live'; readonly since: number; readonly attempts: number }
  | {
      readonly type: 'reconnecting';
      readonly attempt: number;
      /** When it starts, in monotonic milliseconds; undefined while it is running. */
      readonly retryAt: number | undefined;
      readonly reason: ChatError;
    }
  /** No further attempt without the user: wrong login, untrusted certificate, not a chat server, `disconnect`. */
  | { readonly type: 'refused'; readonly reason: ChatError }
  | { readonly type: 'closed' };

/** The page above or below what is loaded. */
type Page =
  | { readonly type: 'more' }
  /** The exclusive sequence of the request. */
  | { readonly type: 'loading'; readonly position: number }
  | { readonly type: 'none' }
  /** The list has reached its limits; `forget-previous-pages` shortens it. */
  | { readonly type: 'full' }
  | { readonly type: 'failed'; readonly reason: ChatError };

/**
 * An older part of the log that is read instead of the timeline, because the messages in between are not loaded. Pages are
 * added at both ends; once it reaches the timeline, it is joined to it.
 */
export type Excerpt = {
  /** Oldest first, never empty; within the limits of `timelineWindow`. */
  readonly items: PagedList<Item>;
  readonly previousPage: Page;
  readonly nextPage: Page;
};

/** A request for an excerpt. `after`: the sequence above it. */
type Place =
  | { readonly type: 'idle' }
  | { readonly type: 'loading'; readonly after: number }
  | { readonly type: 'failed'; readonly reason: ChatError };

/** New messages of others since the user last read a room. */
export type News = { readonly messages: number; readonly mentions: number };

/** What is known of a room of the user. */
export type RoomState = {
  /** As the server described it, with the changes since. */
  readonly room: RoomView;
  readonly timeline: Timeline;
  readonly previousPage: Page;
  readonly excerpt: Excerpt | undefined;
  readonly place: Place;
  readonly news: News;
  /** The news is after this sequence. */
  readonly newsAfter: number;
  /** The changes of messages since the oldest request that is not answered: the answers may lack them. */
  readonly changes: readonly Message[];
  /** The sequences of messages that were requested by themselves. */
  readonly asked: readonly number[];
  /** What the beginning of each message that replies refer to is, beyond the timeline; undefined: it cannot be read. */
  readonly originals: ReadonlyMap<number, Message | undefined>;
  /** The others who write a message, until a monotonic time. */
  readonly typing: readonly { readonly name: string; readonly untilMs: number }[];
  /** The settings that the user chose, until the server has them. */
  readonly chosen: RoomSettings | undefined;
};

/** The state of a session: what the server says, whatever the user looks at. */
export type SessionState = {
  readonly user: string;
  readonly phase: Phase;
  readonly server: ServerInUse | undefined;
  /** Undefined for a server without a log (a Qt reference server). */
  readonly logId: string | undefined;
  readonly head: number | undefined;
  readonly headDigest: string | undefined;
  readonly limits: ContentLimits;
  /** How far the stream was read, in all rooms. */
  readonly position: ReadPosition;
  /** The newest plain message of the lobby: the cursor contains its digest. */
  readonly newestPlain: Message | undefined;
  /** Whether the server has rooms; if not, the lobby is the only one. */
  readonly hasRooms: boolean;
  /** The lobby is always one of them. */
  readonly rooms: ReadonlyMap<number, RoomState>;
  /** `rooms` contains the changes up to this sequence. */
  readonly roomsUpTo: number;
  /** The rooms that the user looked at last, the current one first. They stay loaded. */
  readonly viewed: readonly number[];
  readonly outbox: Outbox;
  readonly online: readonly string[] | undefined;
  /** Why the server cannot store messages at the moment, as it says itself. */
  readonly storageProblem: string | undefined;
  /** History, search and presence; undefined if unknown. */
  readonly extensions: boolean | undefined;
};

/** A session as seen from one of its rooms; `pending`: the room's part of the outbox. */
export type Conversation = SessionState & RoomState & { readonly pending: readonly OutboxEntry[] };

/** A room of which only the number is known. */
export function unknownRoom(number: number): RoomView {
  return {
    number,
    name: number === lobby ? 'lobby' : '',
    topic: '',
    type: roomType.open,
    past: past.fromJoining,
    archived: false,
    memberCount: 0,
    participants: [],
    newest: 0,
    joined: true,
    role: roomRole.member,
  };
}

export const noNews: News = { messages: 0, mentions: 0 };

/** A room without messages. */
export function emptyRoom(room: RoomView): RoomState {
  return {
    room,
    timeline: emptyTimeline,
    previousPage: { type: 'more' },
    excerpt: undefined,
    place: { type: 'idle' },
    news: noNews,
    newsAfter: 0,
    changes: [],
    asked: [],
    originals: new Map(),
    typing: [],
    chosen: undefined,
  };
}

/** The user's settings of a room; undefined if the server does not keep any. */
export function serverSettings({ room, chosen }: RoomState): RoomSettings | undefined {
  return chosen ?? room.own?.settings;
}

/** What a user wants to see in the list of rooms. */
export function isUnread(room: RoomState): boolean {
  return room.news.messages > 0 || serverSettings(room)?.markedUnread === true;
}

const unknownLobby = emptyRoom(unknownRoom(lobby));

/** The state before the first connection. */
export function initialState(user: string): SessionState {
  return {
    user,
    phase: { type: 'connecting' },
    server: undefined,
    logId: undefined,
    head: undefined,
    headDigest: undefined,
    limits: defaultLimits,
    position: nothingRead,
    newestPlain: undefined,
    hasRooms: false,
    rooms: new Map([[lobby, unknownLobby]]),
    roomsUpTo: 0,
    viewed: [lobby],
    outbox: emptyOutbox,
    online: undefined,
    storageProblem: undefined,
    extensions: undefined,
  };
}

/** The session as seen from a room; from the lobby if the user is not in that room. */
export function seenFrom(session: SessionState, number: number): Conversation {
  const { rooms, outbox } = session;
  const seen = rooms.get(number) ?? rooms.get(lobby) ?? unknownLobby;
  const isHere = ({ room }: OutboxEntry): boolean => room === seen.room.number;
  const pending = outbox.entries.every(isHere) ? outbox.entries : outbox.entries.filter(isHere);
  return { ...session, ...seen, pending };
}

export function withRoom(session: SessionState, number: number, changed: Partial<RoomState>): SessionState {
  const before = session.rooms.get(number);
  if (!before) return session;
  return { ...session, rooms: new Map(session.rooms).set(number, { ...before, ...changed }) };
}

/** The items of the conversation: what was received, then what is pending. */
export function itemCount({ timeline, pending }: Conversation): number {
  return timeline.items.length + pending.length;
}

export function itemAt({ timeline, pending }: Conversation, index: number): Item | undefined {
  const received = timeline.items.length;
  return index < received ? timeline.items.at(index) : pending[index - received]?.item;
}

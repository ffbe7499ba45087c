import type { ChatError } from '../../shared/errors.js';
import type { Draft, Message } from '../../shared/message.js';
import type { Edit, MessageChange, React } from '../../shared/message-changes.js';
import type { Mark, Typing, TypingNotice } from '../../shared/presence-update.js';
import type { MemberView, Page, RoomList, RoomView } from '../../shared/room-answers.js';
import type { NewRoom, RoomAndUser, RoomUpdate, SettingsOfRoom } from '../../shared/room-requests.js';

/** The login. */
export type Credentials = { readonly user: string; readonly password: string };

/** The first answer to a subscription. For a reference server all fields are undefined. */
export type Opened = {
  readonly type: 'opened';
  /** Cursors and idempotency keys are valid only with this log. */
  readonly logId: string | undefined;
  readonly head: number | undefined;
  readonly headDigest?: string | undefined;
  /** True: only messages after the cursor follow. False: a history follows, and the list starts over. */
  readonly resumed: boolean;
  readonly maxTextBytes: number | undefined;
  readonly maxImageBytes: number | undefined;
  /** Whether the stream delivers all rooms of the user. Then it has no history: pages come from `RoomCalls`. */
  readonly hasRooms?: boolean;
  /** The rooms at the beginning of the stream, if it has rooms and they were requested. */
  readonly roomList?: KnownRooms;
  readonly server?: ServerInUse;
};

/** The user's rooms, the lobby first, as of the sequence `upTo`. */
export type KnownRooms = Pick<RoomList, 'upTo' | 'rooms'>;

/** The current one of several servers; `others`: how many more there are. */
export type ServerInUse = { readonly address: string; readonly others: number };

/** `isCutShort`: the rest of the batch is lost, and the stream ends so that it can be requested again. */
export type Damage = { readonly unreadable: number; readonly isCutShort: boolean };

/** The first batch of a subscription may be empty: then there is no history. */
type Batch = {
  readonly type: 'messages';
  readonly messages: readonly Message[];
  /** The cursor after the batch, if it is later than its last message. */
  readonly upTo?: number;
  readonly damage?: Damage;
};

/** `opened` is the first event. */
export type SubscriptionEvent = Opened | Batch;

/**
 * What a subscription delivers; by default the lobby. `rooms`: all rooms of the user, if the server has rooms.
 * `changes`, with `rooms`: also the entries that change messages (`isMessageChange`).
 * `resumeAll`: a resume has no limit. `isPresent`: whether the user appears online; by default true.
 */
export type SubscriptionScope = {
  readonly rooms?: boolean;
  readonly changes?: boolean;
  readonly resumeAll?: boolean;
  readonly isPresent?: boolean;
};

/** The entry after which to resume. */
export type Cursor = {
  readonly logId: string;
  readonly after: number;
  /** The `messageDigest` of the message at `after`: the server checks that it has the same one. */
  readonly digest?: string | undefined;
};

/** Who is online, and why the server cannot store messages at the moment, such as `its disk is full`. */
export type Online = {
  readonly names: readonly string[];
  readonly storageProblem?: string | undefined;
  /** The user's own read marks and settings that have changed since the update before, by any session. */
  readonly marks?: readonly Mark[];
  readonly settings?: readonly SettingsOfRoom[];
  /** Who began or stopped to type in the user's rooms since the update before. */
  readonly typing?: readonly Typing[];
};

/** The acknowledgement of a message. `sequence`: if the server reports it. */
export type Sent = { readonly sequence: number | undefined };

/** A message to a room; `replyTo`: the sequence of the message that it replies to. */
export type Post = {
  readonly room: number;
  readonly replyTo?: number | undefined;
  /** Names of users and `mentionAll`; the server keeps those who can read the room. */
  readonly mentions?: readonly string[] | undefined;
  readonly draft: Draft;
};

/**
 * The rooms of a server; `room` is a room's number. Every call rejects with `unsupported` if the server has a single
 * room, and with `no-such-room` also if the user cannot see the room. Repeating a change with the same arguments is
 * harmless.
 */
export type RoomCalls = {
  list(signal: AbortSignal): Promise<KnownRooms>;
  /** Open rooms by name; `after`: the `next` of the previous page. */
  browse(prefix: string, after: string, signal: AbortSignal): Promise<Page<RoomView>>;
  get(room: number | string, signal: AbortSignal): Promise<RoomView>;
  members(room: number, after: string, signal: AbortSignal): Promise<Page<MemberView>>;
  create(room: NewRoom, signal: AbortSignal): Promise<RoomView>;
  /** The direct room with these users, which is created if there is none. */
  direct(names: readonly string[], signal: AbortSignal): Promise<RoomView>;
  update(update: RoomUpdate, signal: AbortSignal): Promise<RoomView>;
  join(room: number, signal: AbortSignal): Promise<RoomView>;
  leave(room: number, signal: AbortSignal): Promise<void>;
  invite(member: RoomAndUser, signal: AbortSignal): Promise<void>;
  remove(member: RoomAndUser, signal: AbortSignal): Promise<void>;
  /** Everything up to `sequence` is read. */
  mark(room: number, sequence: number, signal: AbortSignal): Promise<void>;
  /** Replaces the user's settings of a room. */
  configure(settings: SettingsOfRoom, signal: AbortSignal): Promise<void>;
  /** Notifies the other members of the room. */
  typing(notice: TypingNotice, signal: AbortSignal): Promise<void>;
  /** As `Connection.send`. */
  post(post: Post, signal: AbortSignal): Promise<Sent>;
  /** Those of these messages that the user can see, as they are now, in the order of the log. */
  messages(sequences: readonly number[], signal: AbortSignal): Promise<readonly Message[]>;
  /**
   * Gives a text of the user another content. Resolves as `send`, also for a repeat with the same id; so do the two below.
   * `changeMessage` repeats them if there is no answer. `unsupported`: the server cannot change messages.
   */
  edit(edit: Edit, signal: AbortSignal): Promise<Sent>;
  delete(deletion: MessageChange, signal: AbortSignal): Promise<Sent>;
  /** Replaces the user's reactions to a message. */
  react(react: React, signal: AbortSignal): Promise<Sent>;
  /** As `Connection.history`, but with the entries that changed the room or its members. */
  history(room: number, before: number, limit: number, signal: AbortSignal): Promise<readonly Message[]>;
  /** As `Connection.historyAfter`, with the same entries. */
  historyAfter(room: number, after: number, limit: number, signal: AbortSignal): Promise<readonly Message[]>;
  /** As `Connection.search`, in these rooms; none: in all that the user can read. */
  search(search: RoomSearch, signal: AbortSignal): AsyncIterable<Message>;
};

/** At most `limit` matches before the sequence `before` (0: from the newest). */
export type RoomSearch = {
  readonly text: string;
  readonly rooms: readonly number[];
  readonly before: number;
  readonly limit: number;
};
/** The answer to one of many messages; `rejection`: why it is not stored. */
export type PostAnswer = Sent & { readonly rejection?: ChatError };

/** The port to a server. Connects with the first call. Rejects with a `ChatError`, after an abort with `cancelled`. */
export type Connection = {
  /** Returns when the signal aborts; throws when the stream ends. With a cursor it resumes if the server can. */
  subscribe(
    cursor: Cursor | undefined,
    signal: AbortSignal,
    scope?: SubscriptionScope,
  ): AsyncIterable<SubscriptionEvent>;
  /** Resolves when the message is durable. `unreachable`: it was not sent. `may-not-have-arrived`: ambiguous. */
  send(draft: Draft, signal: AbortSignal): Promise<Sent>;
  /**
   * Sends without waiting for each answer; yields the answers in the same order. None after a rejected one is stored.
   * Throws as `send`, and `unsupported`; messages without an answer may be stored then. Returns when the signal aborts.
   */
  postAll(posts: AsyncIterable<Post>, signal: AbortSignal): AsyncIterable<PostAnswer>;
  /** At most `limit` messages before the sequence `before` (0: from the newest), newest first, or `unsupported`. */
  history(before: number, limit: number, signal: AbortSignal): Promise<readonly Message[]>;
  /** At most `limit` messages after the sequence `after` (0: from the oldest), oldest first, or `unsupported`. */
  historyAfter(after: number, limit: number, signal: AbortSignal): Promise<readonly Message[]>;
  /** Texts that contain `text`, regardless of case, newest first, or `unsupported`. */
  search(text: string, before: number, limit: number, signal: AbortSignal): AsyncIterable<Message>;
  /** At most `limit` messages of any room that mention the user, before `before` (0: from the newest), or `unsupported`. */
  mentions(before: number, limit: number, signal: AbortSignal): Promise<readonly Message[]>;
  /** Who is online and whether messages can be stored, complete after each change, or `unsupported`. */
  usersOnline(signal: AbortSignal): AsyncIterable<Online>;
  readonly rooms: RoomCalls;
  readonly logId: string | undefined;
  close(): void;
};

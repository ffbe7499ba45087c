/** `ChatMessage.ContentType`. Other servers may send any other number. */
export const contentType = { unknown: 0, text: 1, image: 2 } as const;

/** `chat.v1.Kind`: what an entry of the log is. */
export const messageKind = { message: 0, edit: 1, delete: 2, react: 3, room: 4, member: 5 } as const;

export const lobby = 0;

/** The room of an entry, and one of `messageKind`. */
export type Placement = { readonly room: number; readonly kind: number };

/** Whether an entry edits or deletes a message, or is a reaction to it. */
export function isMessageChange({ kind }: Placement): boolean {
  return kind === messageKind.edit || kind === messageKind.delete || kind === messageKind.react;
}

export const roomType = { open: 0, closed: 1, direct: 2 } as const;
export const past = { fromJoining: 0, all: 1 } as const;
export const roomRole = { member: 0, moderator: 1 } as const;
/** Of which messages a user is notified. */
export const notify = { default: 0, all: 1, mentions: 2, off: 3 } as const;
export const roomChange = { created: 0, renamed: 1, topic: 2, archived: 3, unarchived: 4 } as const;
export const memberChange = {
  joined: 0,
  left: 1,
  invited: 2,
  removed: 3,
  banned: 4,
  unbanned: 5,
  muted: 6,
  unmuted: 7,
  role: 8,
} as const;

/** In place of a name: all members of the room. */
export const mentionAll = 'all';

/** An account, with the name it had at the time. */
export type Participant = { readonly account: string; readonly name: string };

/** `chat.v1.RoomChange`; `what` is one of `roomChange`. */
export type RoomChange = {
  readonly what: number;
  readonly name: string;
  readonly topic: string;
  readonly type: number;
  readonly past: number;
  readonly members: readonly Participant[];
};

/** `chat.v1.MemberChange`; `what` is one of `memberChange`. */
export type MemberChange = Participant & {
  readonly what: number;
  /** Milliseconds since 1970; 0: permanently. */
  readonly until: number;
  readonly role: number;
};

/** The people who chose an emoji for a message. `names`: the first ones, in the order of their reactions. */
export type Reaction = { readonly emoji: string; readonly names: readonly string[]; readonly count: number };

/** What an entry is beyond a plain message of the lobby. */
export type Detail = Placement & {
  /** The account id of the sender; absent in messages of the lobby. */
  readonly account?: string;
  /** The sequence of the message that the entry changes. */
  readonly target?: number;
  /** All reactions of the sender to the target. */
  readonly emoji?: readonly string[];
  /** The target was deleted by a moderator who is not its author. */
  readonly moderated?: boolean;
  /** When the message was edited last, in milliseconds since 1970. */
  readonly edited?: number;
  /** What the entry contained is removed. */
  readonly deleted?: boolean;
  readonly reactions?: readonly Reaction[];
  /** The sequence of the message that it replies to. */
  readonly replyTo?: number;
  /** The names of the accounts that the message mentions, and `mentionAll`. */
  readonly mentions?: readonly string[];
  /** Their account ids; without the members if all are mentioned. */
  readonly mentionedAccounts?: readonly string[];
  readonly roomChange?: RoomChange;
  readonly memberChange?: MemberChange;
};

/** Of a message without a `detail`. */
export const plainPlacement: Placement = { room: lobby, kind: messageKind.message };

/** A decoded message. Nothing in it has been checked. */
export type Message = {
  /** From 1; 0 if the server has no log (a Qt reference server). */
  sequence: number;
  /** The idempotency key; empty if the sender chose none. */
  id: string;
  /** The author's account name, set by the server. */
  from: string;
  /** Milliseconds since 1970. */
  timestamp: number;
  type: number;
  /** UTF-8 text or the bytes of a PNG. */
  content: Uint8Array;
  /** Absent for a plain message of the lobby. */
  detail?: Detail;
};

/** A message as a client sends it: the server adds author and sequence. */
export type Draft = Pick<Message, 'id' | 'timestamp' | 'type' | 'content'>;

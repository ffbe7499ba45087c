import type { ChatError } from '../../shared/errors.js';
import type { Message, Placement } from '../../shared/message.js';

/** `since` is the sequence of the entry that began it. */
export type Membership = { readonly since: number; readonly role: number };

/** Account ids are the keys of all maps; a longer membership comes first in `members`. */
export type Room = {
  readonly number: number;
  readonly creator: string;
  readonly name: string;
  readonly topic: string;
  readonly type: number;
  readonly past: number;
  readonly archived: boolean;
  /** Empty for the lobby: all accounts are its members. */
  readonly members: ReadonlyMap<string, Membership>;
  /** The sequence of the entry that ended the membership. */
  readonly former: ReadonlyMap<string, number>;
  /** Until when, in milliseconds since 1970; 0: permanently. A ban that has expired is removed when the account returns. */
  readonly banned: ReadonlyMap<string, number>;
  /** As `banned`. Survives leaving, so that a muted account cannot rejoin in order to write. */
  readonly muted: ReadonlyMap<string, number>;
  /** The newest message, 0 if there is none. */
  readonly newest: number;
  readonly lastEntry: number;
  /** The newest entry that pages show. Changes of messages are newer, but not visible to all members. */
  readonly lastInPages: number;
};

/** An entry before or after it got its sequence; the room that it creates has no number before. */
export type Proposal = {
  readonly room: number | 'new';
  readonly kind: number;
  readonly sequence?: number;
  /** Not called for messages of the lobby. */
  readonly message: () => Message;
};

/** The next entry of the log. */
export type FoldEntry = Placement & { readonly sequence: number; readonly message: () => Message };

/** Whether the account is a member of the room from now on. */
export type MembershipListener = (account: string, room: number, isMember: boolean) => void;

/** The rooms as they are after the entry `upTo`. The same entries lead to the same state. */
export type Rooms = {
  upTo(): number;
  /** All rooms by number, the lobby first. */
  all(): Iterable<Room>;
  get(number: number): Room | undefined;
  /** An open or closed room that is not archived, or the lobby. */
  named(name: string): Room | undefined;
  /** The direct room of exactly these accounts. */
  direct(accounts: Iterable<string>): Room | undefined;
  /** The rooms of which the account is a member, without the lobby. */
  of(account: string): ReadonlySet<number>;
  /** The rooms of which the account is no longer a member, with the sequence of the entry that ended it. */
  former(account: string): ReadonlyMap<number, number>;
  /** Open rooms, archived ones included, without the lobby. */
  open(): Iterable<Room>;
  /** How many open and closed rooms the account has created. */
  createdBy(account: string): number;
  /** How many direct rooms the account has created. */
  directCreatedBy(account: string): number;
  isVoid(sequence: number): boolean;
  voids(): Iterable<number>;
  /** Whether the message with this sequence was deleted. */
  isDeleted(sequence: number): boolean;
  deleted(): Iterable<number>;
  /** Why the entry would be void if it were the next one. The only clock is the timestamp of its message. */
  verdict(entry: Proposal): ChatError | undefined;
  /** Folds the next entry. Returns why it is void. */
  apply(entry: FoldEntry): ChatError | undefined;
  /** Records that the log has nothing more up to this sequence. */
  skipTo(sequence: number): void;
  /** Called after the entry is folded, for each account that became a member or is no longer one. */
  onMembership(listener: MembershipListener): void;
};

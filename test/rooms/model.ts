import {
  lobby,
  memberChange,
  messageKind,
  past,
  roomChange,
  roomType,
  type Message,
} from '../../src/shared/message.js';
import { decodeText } from '../../src/shared/text.js';

/** An entry as the log has it. */
export type LoggedEntry = { readonly sequence: number; readonly message: Message };

/** A membership, from the entry that began it to the one that ended it. */
type Membership = { readonly from: number; to: number };

export type ModelRoom = {
  readonly number: number;
  readonly type: number;
  readonly past: number;
  name: string;
  topic: string;
  archived: boolean;
  /** All memberships of each account, the newest last. */
  readonly memberships: Map<string, Membership[]>;
  /** The present members, the longest membership first, and whether they are moderators. */
  readonly members: Map<string, boolean>;
};

/** What must be true of a chat with this log, by the rules of rooms and nothing of the program's code. */
export type Model = {
  readonly rooms: ReadonlyMap<number, ModelRoom>;
  readonly entries: readonly LoggedEntry[];
  isValid(sequence: number): boolean;
  /** Of a message. */
  form(sequence: number): Form | undefined;
  /** The first sequence in the room that the account may read now. */
  readableFrom(account: string, room: number): number | undefined;
};

export function modelOf(entries: readonly LoggedEntry[]): Model {
  const rooms = new Map<number, ModelRoom>();
  const valid = new Set<number>();
  const targets = new Map<number, Target>();
  for (const entry of entries) {
    const { sequence, message } = entry;
    const { room = lobby, kind = messageKind.message } = message.detail ?? {};
    const isChange = changeKinds.includes(kind);
    if (!(isChange ? changes(rooms, targets, entry) : happens(rooms, entry))) continue;
    valid.add(sequence);
    if (kind !== messageKind.message) continue;
    targets.set(sequence, { room, from: message.from, text: textOf(message), ...unchanged() });
  }
  return {
    rooms,
    entries,
    isValid: (sequence) => valid.has(sequence),
    form(sequence) {
      const target = targets.get(sequence);
      return target && formOf(target);
    },
    readableFrom: (account, number) => readableFrom(rooms, account, number),
  };
}

function readableFrom(
  rooms: ReadonlyMap<number, ModelRoom>,
  account: string,
  number: number,
): number | undefined {
  if (number === lobby) return 0;
  const room = rooms.get(number);
  if (!room) return undefined;
  if (room.type === roomType.open) return number;
  if (!room.members.has(account)) return undefined;
  return firstOf(room, room.memberships.get(account)?.at(-1));
}

/** What a member may read. */
function firstOf(room: ModelRoom, membership: Membership | undefined): number | undefined {
  const isHidden = room.type === roomType.closed && room.past === past.fromJoining;
  return isHidden ? membership?.from : room.number;
}

/** How a message is to be shown. */
export type Form = {
  /** Empty if it was deleted. */
  readonly text: string;
  readonly isEdited: boolean;
  readonly isDeleted: boolean;
  /** Each emoji with its users, sorted. */
  readonly reactions: readonly string[];
};

/** A message while it changes. `edit`: the sequence of the last edit. */
type Target = {
  readonly room: number;
  readonly from: string;
  text: string;
  edit: number;
  isDeleted: boolean;
  /** By user. */
  readonly reactions: Map<string, readonly string[]>;
};

const changeKinds: readonly number[] = [messageKind.edit, messageKind.delete, messageKind.react];

const unchanged = (): Pick<Target, 'edit' | 'isDeleted' | 'reactions'> => ({
  edit: 0,
  isDeleted: false,
  reactions: new Map(),
});

const textOf = ({ content }: Message): string => decodeText(content);

function formOf({ text, edit, isDeleted, reactions }: Omit<Target, 'room' | 'from'>): Form {
  if (isDeleted) return { text: '', isEdited: false, isDeleted, reactions: [] };
  const given = [...reactions].flatMap(([user, emoji]) => emoji.map((one) => `${one} ${user}`));
  return { text, isEdited: edit > 0, isDeleted, reactions: given.sort() };
}

/** The form in an answer. */
export function answeredForm(message: Message): Form {
  const { edited, deleted = false, reactions = [] } = message.detail ?? {};
  const given = reactions.flatMap(({ emoji, names, count }) => {
    if (names.length !== count) throw new Error(`${count} reactions by ${names.join()}`);
    return names.map((name) => `${emoji} ${name}`);
  });
  return {
    text: textOf(message),
    isEdited: edited !== undefined,
    isDeleted: deleted,
    reactions: given.sort(),
  };
}

/** The messages that a client has after its streams, in the form that these have led to. */
export function listAfter(received: readonly Message[]): ReadonlyMap<number, Form> {
  const list = new Map<number, Target>();
  for (const message of received) {
    const { room = lobby, kind = messageKind.message, target = 0, edited } = message.detail ?? {};
    if (kind === messageKind.message) {
      const fresh = { ...unchanged(), edit: edited === undefined ? 0 : 1 };
      list.set(message.sequence, { room, from: message.from, text: textOf(message), ...fresh });
      continue;
    }
    const changed = list.get(target);
    if (changed && changeKinds.includes(kind)) applyChange(changed, kind, message);
  }
  return new Map([...list].map(([sequence, target]) => [sequence, formOf(target)]));
}

function applyChange(target: Target, kind: number, message: Message): void {
  if (kind === messageKind.delete) target.isDeleted = true;
  else if (kind === messageKind.react) target.reactions.set(message.from, message.detail?.emoji ?? []);
  else Object.assign(target, { text: textOf(message), edit: message.sequence });
}

/** Applies the change of a message, or returns false if a rule forbids it. */
function changes(
  rooms: ReadonlyMap<number, ModelRoom>,
  targets: ReadonlyMap<number, Target>,
  { message }: LoggedEntry,
): boolean {
  const { room: number = lobby, kind = 0, account: actor = '', target: sequence = 0 } = message.detail ?? {};
  const target = targets.get(sequence);
  const room = rooms.get(number);
  if (target?.room !== number || target.isDeleted) return false;
  if (number !== lobby) {
    if (room?.archived !== false || !room.members.has(actor)) return false;
    if (sequence < (readableFrom(rooms, actor, number) ?? Infinity)) return false;
  }
  const isModerator = room?.type !== roomType.direct && room?.members.get(actor) === true;
  const isAuthor = target.from === message.from;
  if (kind === messageKind.edit && !isAuthor) return false;
  if (kind === messageKind.delete && !isAuthor && !isModerator) return false;
  applyChange(target, kind, message);
  return true;
}

/** Applies the entry, or returns false if a rule forbids it. */
function happens(rooms: Map<number, ModelRoom>, { sequence, message: { detail } }: LoggedEntry): boolean {
  const { room: number = lobby, kind = messageKind.message, account: actor = '' } = detail ?? {};
  if (number === lobby) return kind === messageKind.message;
  if (detail?.roomChange?.what === roomChange.created)
    return creates(rooms, sequence, actor, detail.roomChange);
  const room = rooms.get(number);
  if (!room) return false;
  if (kind === messageKind.message) return room.members.has(actor) && !room.archived;
  if (room.type === roomType.direct) return false;
  if (detail?.roomChange) {
    const { what, name, topic } = detail.roomChange;
    if (room.members.get(actor) !== true) return false;
    if (what === roomChange.unarchived) {
      if (!room.archived || isTaken(rooms, room.name)) return false;
      room.archived = false;
      return true;
    }
    if (room.archived || (what === roomChange.renamed && name !== room.name && isTaken(rooms, name)))
      return false;
    if (what === roomChange.topic) room.topic = topic;
    else if (what === roomChange.renamed) room.name = name;
    else room.archived = true;
    return true;
  }
  const { what, account = '' } = detail?.memberChange ?? {};
  if (what === memberChange.joined) {
    if (room.type !== roomType.open || account !== actor) return false;
  } else if (!room.members.has(actor)) return false;
  if (what === memberChange.joined || what === memberChange.invited) {
    if (room.archived || room.members.has(account)) return false;
    enter(room, account, sequence);
    return true;
  }
  if (what === memberChange.left ? account !== actor : room.members.get(actor) !== true) return false;
  if (!room.members.has(account)) return false;
  exit(room, account, sequence);
  return true;
}

function creates(
  rooms: Map<number, ModelRoom>,
  number: number,
  creator: string,
  {
    name,
    topic,
    type,
    past: visiblePast,
    members,
  }: NonNullable<NonNullable<Message['detail']>['roomChange']>,
): boolean {
  const accounts = new Set([creator, ...members.map(({ account }) => account)]);
  const isDirect = type === roomType.direct;
  if (isDirect ? hasDirect(rooms, accounts) : isTaken(rooms, name)) return false;
  const fresh = { number, type, past: visiblePast, name, topic, archived: false };
  const room: ModelRoom = { ...fresh, memberships: new Map(), members: new Map() };
  for (const account of accounts) {
    room.memberships.set(account, [{ from: number, to: Infinity }]);
    room.members.set(account, !isDirect && account === creator);
  }
  rooms.set(number, room);
  return true;
}

function enter(room: ModelRoom, account: string, sequence: number): void {
  room.members.set(account, room.members.size === 0);
  const earlier = room.memberships.get(account) ?? [];
  room.memberships.set(account, [...earlier, { from: sequence, to: Infinity }]);
}

function exit(room: ModelRoom, account: string, sequence: number): void {
  room.members.delete(account);
  const membership = room.memberships.get(account)?.at(-1);
  if (membership) membership.to = sequence;
  const [longest] = room.members.keys();
  if (longest === undefined) room.archived ||= room.type === roomType.closed;
  else if (![...room.members.values()].includes(true)) room.members.set(longest, true);
}

function isTaken(rooms: ReadonlyMap<number, ModelRoom>, wanted: string): boolean {
  return [...rooms.values()].some(
    ({ type, archived, name }) => type !== roomType.direct && !archived && name === wanted,
  );
}

function hasDirect(rooms: ReadonlyMap<number, ModelRoom>, accounts: ReadonlySet<string>): boolean {
  return [...rooms.values()].some(
    ({ type, members }) =>
      type === roomType.direct &&
      members.size === accounts.size &&
      [...accounts].every((account) => members.has(account)),
  );
}

/** What one stream was sent, and when. */
export type Session = {
  readonly account: string;
  /** Whether it asked for all rooms. */
  readonly rooms: boolean;
  /** It was to begin after this sequence. */
  readonly after: number;
  /** The head before it was opened, and after it was closed. */
  readonly headBefore: number;
  readonly headAfter: number;
  /** Messages whose deletion the server had confirmed before the stream was opened. */
  readonly gone: ReadonlySet<number>;
  readonly messages: readonly Message[];
  /** It has been sent everything up to here. */
  readonly upTo: number;
};

/** Says what is wrong with a session; undefined if nothing is. */
export function faultIn(model: Model, session: Session): string | undefined {
  const { messages, after, upTo } = session;
  const sequences = messages.map(({ sequence }) => sequence);
  const received = new Set(sequences);
  if (received.size !== sequences.length) return `duplicates among ${sequences.join()}`;
  if (sequences.some((sequence, index) => index > 0 && sequence < (sequences[index - 1] ?? 0))) {
    return `not in order: ${sequences.join()}`;
  }
  const known = new Set(model.entries.map(({ sequence }) => sequence));
  const unknown = sequences.find((sequence) => !known.has(sequence) || sequence <= after);
  if (unknown !== undefined) return `${unknown} is not after ${after} in the log`;
  for (const entry of model.entries) {
    if (entry.sequence <= after || entry.sequence > upTo) continue;
    const due = isDue(model, session, entry);
    if (due === 'yes' && !received.has(entry.sequence)) return `${entry.sequence} is missing`;
    if (due === 'no' && received.has(entry.sequence)) return `${entry.sequence} is foreign`;
  }
  return undefined;
}

/** What was said before a membership ended may arrive or not, depending on whether the stream was faster than the end. */
function isDue(
  model: Model,
  { account, rooms, headBefore, headAfter, gone }: Session,
  { sequence, message: { detail } }: LoggedEntry,
): 'yes' | 'no' | 'maybe' {
  const { room: number = lobby, kind = messageKind.message, target, deleted } = detail ?? {};
  if (!model.isValid(sequence)) return 'no';
  const isPlain = number === lobby && kind === messageKind.message;
  if (!rooms && !isPlain) return 'no';
  // It was removed before or after it was sent.
  const due = deleted === true ? (gone.has(target ?? sequence) ? 'no' : 'maybe') : 'yes';
  if (number === lobby) return due;
  const room = model.rooms.get(number);
  const memberships = room?.memberships.get(account) ?? [];
  const membership = memberships.find(({ from, to }) => sequence >= from && sequence <= to);
  if (!room || !membership || due === 'no') return 'no';
  // Who cannot see a message does not get its changes.
  if (target !== undefined && target < (firstOf(room, membership) ?? 0)) return 'no';
  if (membership.to > headAfter) return due;
  const isBackBefore = (bound: number): boolean =>
    memberships.some(({ from }) => from > membership.to && from <= bound);
  // The end itself is always sent, until another membership begins.
  if (sequence === membership.to) {
    if (isBackBefore(headBefore)) return 'no';
    return isBackBefore(headAfter) ? 'maybe' : 'yes';
  }
  return membership.to <= headBefore ? 'no' : 'maybe';
}

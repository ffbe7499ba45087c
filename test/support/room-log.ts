import {
  memberChange,
  messageKind,
  past,
  roomChange,
  roomType,
  type Detail,
  type MemberChange,
  type Message,
  type RoomChange,
} from '../../src/shared/message.js';
import type { ChatError } from '../../src/shared/errors.js';
import { createRooms } from '../../src/server/rooms/room-state.js';
import type { FoldEntry, Proposal } from '../../src/server/rooms/rooms.js';

/** A log of which each entry is folded at once. Account ids are capitals; the name of `A` is `a`. */
export class RoomLog {
  readonly rooms = createRooms();
  readonly entries: FoldEntry[] = [];
  now = 1_000_000;

  /** The number of the new room, or why it is void. */
  create(actor: string, name: string, { members = '', ...change }: NewRoom = {}): number {
    const error = this.#append(creation(actor, name, { members, ...change }, this.now));
    if (error) throw error;
    return this.rooms.upTo();
  }

  /** The number of the direct room of these accounts, the first of which creates it. */
  direct(members: string): number {
    return this.create(members.charAt(0), '', { members, type: roomType.direct });
  }

  write(actor: string, room: number): ChatError | undefined {
    return this.#append({ room, kind: messageKind.message, message: () => this.#message(actor) });
  }

  change(actor: string, room: number, what: keyof typeof roomChange, text = ''): ChatError | undefined {
    const change = { ...emptyRoomChange, what: roomChange[what], name: text, topic: text };
    return this.add(actor, room, messageKind.room, { roomChange: change });
  }

  /** Without `account`, the actor changes their own membership. */
  member(
    actor: string,
    room: number,
    what: keyof typeof memberChange,
    account = actor,
    { until = 0, role = 0 }: Partial<MemberChange> = {},
  ): ChatError | undefined {
    const change = { ...participant(account), what: memberChange[what], until, role };
    return this.add(actor, room, messageKind.member, { memberChange: change });
  }

  add(actor: string, room: number, kind: number, changes: Changes): ChatError | undefined {
    const message = this.#message(actor, changes);
    return this.#append({ room, kind, message: () => message });
  }

  #append(proposal: Proposal): ChatError | undefined {
    const sequence = this.rooms.upTo() + 1;
    const room = proposal.room === 'new' ? sequence : proposal.room;
    const verdict = this.rooms.verdict(proposal);
    const entry = { ...proposal, room, sequence };
    this.entries.push(entry);
    const error = this.rooms.apply(entry);
    if (error?.message !== verdict?.message) throw new Error('the verdict before the append differs');
    return error;
  }

  #message(actor: string, changes: Changes = {}): Message {
    return messageOf(actor, this.now, changes);
  }
}

/** `M` is the moderator of the room, `A` and `B` are members. */
export function logWithRoom(options: Pick<NewRoom, 'type' | 'past'> = {}) {
  const log = new RoomLog();
  return { log, room: log.create('M', 'ops', { members: 'AB', ...options }) };
}

type Changes = Partial<Detail>;

type NewRoom = Partial<Pick<RoomChange, 'topic' | 'type' | 'past'>> & {
  /** One letter for each account. */
  readonly members?: string;
};

const emptyRoomChange: RoomChange = {
  what: 0,
  name: '',
  topic: '',
  type: roomType.open,
  past: past.fromJoining,
  members: [],
};

function creation(actor: string, name: string, { members = '', ...change }: NewRoom, now: number): Proposal {
  const created = {
    ...emptyRoomChange,
    ...change,
    what: roomChange.created,
    name,
    members: Array.from(members, participant),
  };
  const message = messageOf(actor, now, { roomChange: created });
  return { room: 'new', kind: messageKind.room, message: () => message };
}

function participant(account: string) {
  return { account, name: account.toLowerCase() };
}

/** Its room and kind are in the entry: the fold reads them there. */
function messageOf(actor: string, timestamp: number, changes: Changes): Message {
  return {
    sequence: 0,
    id: '',
    from: actor.toLowerCase(),
    timestamp,
    type: 1,
    content: new Uint8Array(),
    detail: { room: 0, kind: 0, account: actor, ...changes },
  };
}

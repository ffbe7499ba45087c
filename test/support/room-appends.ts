import type { Append, MessageLog } from '../../src/server/messages/message-log.js';
import { encodeUnsequenced } from '../../src/shared/codec.js';
import {
  contentType,
  lobby,
  memberChange,
  messageKind,
  past,
  roomChange,
  roomType,
  type Detail,
  type RoomChange,
} from '../../src/shared/message.js';
import { encodeText } from '../../src/shared/text.js';
import { settled } from './manual-clock.js';

type Room = number | 'new';

type NewRoom = Partial<Pick<RoomChange, 'type' | 'past'>> & {
  /** Account ids. */
  readonly members?: readonly string[];
};

/** One after the other; then waits until the subscribers have got them. */
export async function appendAll(
  log: Pick<MessageLog, 'append'>,
  ...appends: readonly Append[]
): Promise<void> {
  for (const one of appends) await log.append(one);
  await settled();
}

/** The entry that creates a room. The name of an account is its id. */
export function creation(
  account: string,
  name: string,
  { members = [], type = roomType.closed, past: visible = past.fromJoining }: NewRoom = {},
): Append {
  const change: RoomChange = {
    ...{ what: roomChange.created, name, topic: '', type, past: visible },
    members: members.map(participant),
  };
  return appendOf(account, 'new', messageKind.room, '', '', { roomChange: change });
}

/** The entry that creates the direct room of these accounts, the first of which is the sender. */
export function direct(...accounts: readonly [string, ...string[]]): Append {
  return creation(accounts[0], '', { type: roomType.direct, members: accounts });
}

/** Without `target`, the account changes its own membership. */
export function membership(
  account: string,
  room: number,
  what: keyof typeof memberChange,
  target = account,
): Append {
  const change = { ...participant(target), what: memberChange[what], until: 0, role: 0 };
  return appendOf(account, room, messageKind.member, '', '', { memberChange: change });
}

/** A message to a room, in the lobby without detail. */
export function post(account: string, room: number, text: string, id = ''): Append {
  return appendOf(account, room, messageKind.message, text, id);
}

function participant(account: string) {
  return { account, name: account };
}

function appendOf(
  account: string,
  room: Room,
  kind: number,
  text: string,
  id: string,
  changes: Partial<Detail> = {},
): Append {
  const detail = { room: room === 'new' ? 0 : room, kind, account, ...changes };
  const message = encodeUnsequenced({
    ...{ timestamp: 1, type: contentType.text, content: encodeText(text), from: account, id },
    ...(room !== lobby && { detail }),
  });
  return { message: () => message, author: account, id, room, kind };
}

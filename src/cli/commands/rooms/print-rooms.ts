import { encodeLine, lineVersion } from '../../../client/lines/message-line.js';
import { sanitiseLine } from '../../../client/terminal/text/sanitise.js';
import { roomRole, roomType } from '../../../shared/message.js';
import type { MemberView, RoomView } from '../../../shared/room-answers.js';
import type { IO } from '../../io/io.js';
import { roomLabel } from '../../rooms/find-room.js';

/** Where and how something is printed. */
type Printing = { readonly flags: { readonly json?: boolean }; readonly io: Pick<IO, 'stdout'> };

/** Prints rooms, one per line. */
export function printRooms(
  rooms: readonly RoomView[],
  { flags, user, io }: Printing & { user: string },
): void {
  if (flags.json) {
    print(
      rooms.map((room) => roomJson(room)),
      flags,
      io,
    );
    return;
  }
  const rows = rooms.map((room) => ({ label: sanitiseLine(roomLabel(room, user)), about: about(room) }));
  const width = Math.min(Math.max(0, ...rows.map(({ label }) => label.length)), maxLabelWidth);
  print(
    rows.map(({ label, about: text }) => `${label.padEnd(width)}  ${text}`),
    flags,
    io,
  );
}

/** A name has at most 32 characters; more participants move only their own row. */
const maxLabelWidth = 33;

/** `closed, 3 members: Deployments`. */
function about({ type, archived, memberCount, joined, topic }: RoomView): string {
  const words = [
    type === roomType.open ? [] : type === roomType.closed ? ['closed'] : ['direct'],
    archived ? ['archived'] : [],
    [`${memberCount} ${memberCount === 1 ? 'member' : 'members'}`],
    joined ? [] : ['not joined'],
  ];
  return `${words.flat().join(', ')}${topic === '' ? '' : `: ${topic}`}`;
}

const typeNames: Readonly<Record<number, string>> = {
  [roomType.open]: 'open',
  [roomType.closed]: 'closed',
  [roomType.direct]: 'direct',
};

const roleOf = (role: number): string => (role === roomRole.moderator ? 'moderator' : 'member');

function roomJson(room: RoomView): string {
  const isDirect = room.type === roomType.direct;
  return encodeLine({
    v: lineVersion,
    type: 'room-info',
    room: isDirect ? room.participants.join(',') : room.name,
    roomNumber: room.number,
    kind: typeNames[room.type],
    topic: room.topic,
    archived: room.archived,
    members: room.memberCount,
    newest: room.newest,
    joined: room.joined,
    ...(room.joined && { role: roleOf(room.role) }),
    ...(isDirect && { participants: room.participants }),
  });
}

/** Prints members, one per line. */
export function printMembers(members: readonly MemberView[], room: RoomView, { flags, io }: Printing): void {
  print(
    members.map((member) => (flags.json ? memberJson(member, room) : memberText(member))),
    flags,
    io,
  );
}

function memberJson({ name, role, online }: MemberView, { name: room, number }: RoomView): string {
  const place = { room, roomNumber: number };
  return encodeLine({ v: lineVersion, type: 'member-info', ...place, name, role: roleOf(role), online });
}

function memberText({ name, role, online }: MemberView): string {
  const words = [role === roomRole.moderator ? ['moderator'] : [], online ? ['online'] : []].flat();
  return words.length === 0 ? name : `${name}  ${words.join(', ')}`;
}

/** Sanitised, except for JSON, which is safe to show as it is. */
function print(rows: readonly string[], { json }: Printing['flags'], { stdout }: Printing['io']): void {
  for (const row of rows) stdout.write(`${json ? row : sanitiseLine(row)}\n`);
}

/**
 * What a log of 1,000,000 messages costs with 1,000 rooms and 50,000 memberships: the start of the server, the list of
 * 500 rooms, a page of a room with one in 10,000 messages, a resume in 20 quiet rooms past 100,000 invisible entries, and
 * the memory of a membership.
 */
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { systemClock } from '../src/shared/clock.js';
import { decodeMessages, emptyMessage, encodeUnsequenced } from '../src/shared/codec.js';
import { encodeHistoryQuery } from '../src/shared/message-queries.js';
import {
  contentType,
  lobby,
  messageKind,
  past,
  roomChange,
  roomType,
  type Detail,
  type RoomChange,
} from '../src/shared/message.js';
import { decodeRoomList } from '../test/support/room-answers.js';
import { messages, rooms } from '../src/shared/services.js';
import { encodeText } from '../src/shared/text.js';
import { openLevelLog } from '../src/server/logs/level/level-log.js';
import { createRooms } from '../src/server/rooms/room-state.js';
import type { Append } from '../src/server/messages/message-log.js';
import { quantile } from './median.js';
import {
  accountId,
  callOnce,
  dataWithUsers,
  openReader,
  removeData,
  startRoomsServer,
} from './room-users.js';
import { report } from './row.js';
import { startChat } from './target.js';

const messageCount = 1_000_000;
const userCount = 1000;
const roomCount = 1000;
const membersPerRoom = 50;
/** `u0` is in that many rooms. */
const ownRooms = 500;
const sparseEvery = 10_000;
/** The newest messages are in a room that `u999` is not in; its rooms are quiet. */
const invisibleCount = 100_000;
const rounds = 5;

const sparseRoom = 1;
const busyRoom = 2;
const reader = userCount - 1;
const quietRooms = 20;

/** Members by the index of the room; numbers are the sequences of the first entries, so room `index` is `index + 1`. */
function membersOf(index: number): number[] {
  const members = new Set<number>([index % 20]);
  if (index < ownRooms) members.add(0);
  if (index >= roomCount - quietRooms) members.add(reader);
  for (let user = index; members.size < membersPerRoom; user += 7)
    members.add(20 + (user % (userCount - 21)));
  return [...members];
}

function append(detail: Detail, author: number, text = ''): Append {
  const isPlain = detail.room === lobby;
  const content = { type: contentType.text, content: text === '' ? emptyMessage : encodeText(text) };
  const message = { id: '', from: `u${author}`, timestamp: Date.now(), ...content };
  const placed = isPlain ? message : { ...message, detail: { ...detail, account: accountId(author) } };
  return {
    room: detail.room,
    kind: detail.kind,
    author: `u${author}`,
    id: '',
    message: () => encodeUnsequenced(placed),
  };
}

function creation(index: number): Append {
  const members = membersOf(index).map((user) => ({ account: accountId(user), name: `u${user}` }));
  const change = {
    what: roomChange.created,
    name: `room-${index}`,
    topic: '',
    type: roomType.closed,
    past: past.all,
  };
  const created: RoomChange = { ...change, members };
  const entry = append({ room: index + 1, kind: messageKind.room, roomChange: created }, index % 20);
  return { ...entry, room: 'new' };
}

function message(number: number): Append {
  const text = `message ${number}: a line as people write it`;
  const isSparse = number % sparseEvery === 0;
  const isLate = number >= messageCount - invisibleCount;
  const index = isSparse
    ? sparseRoom
    : isLate
      ? busyRoom
      : number % 2 === 0
        ? undefined
        : number % (roomCount - quietRooms);
  const room = index === undefined ? lobby : index + 1;
  return append(
    { room, kind: messageKind.message },
    index === undefined ? number % userCount : index % 20,
    text,
  );
}

const data = await dataWithUsers(userCount);
await fill(join(data, 'log'));
const first = await startChat([], data);
const firstMs = first.readyAfterMs;
await first.stop();
const starts: number[] = [];
for (let round = 0; round < rounds; round++) {
  const started = await startChat([], data);
  starts.push(started.readyAfterMs);
  await started.stop();
}
report({
  what: `log of ${messageCount} with ${roomCount} rooms: server ready`,
  value: quantile(starts, 0.5),
  unit: 'ms',
  limit: { max: 1000 },
  details: `without a saved state ${firstMs.toFixed(0)} ms`,
});

const server = await startRoomsServer(data);
const listed = await timed(async () => {
  const { rooms: list } = decodeRoomList(await callOnce(server.port, rooms.list, 'u0', emptyMessage));
  if (list.length < ownRooms) throw new Error(`${list.length} rooms`);
});
report({ what: `list of ${ownRooms} rooms`, value: listed, unit: 'ms', limit: { max: 50 } });
const paged = await timed(async () => {
  const request = encodeHistoryQuery({ room: sparseRoom + 1, limit: 50 });
  const page = decodeMessages(await callOnce(server.port, messages.history, 'u1', request));
  if (page.length !== 50) throw new Error(`a page has ${page.length} messages`);
});
report({ what: `page of 50, one in ${sparseEvery} messages`, value: paged, unit: 'ms', limit: { max: 20 } });

const { upTo, logId } = decodeRoomList(await callOnce(server.port, rooms.list, `u${reader}`, emptyMessage));
const resumed = await timed(async () => {
  const cursor = { 'log-id': logId, 'resume-after': String(upTo - invisibleCount) };
  const stream = await openReader(server.port, `u${reader}`, () => undefined, cursor);
  stream.close();
});
report({
  what: `resume in ${quietRooms} rooms past ${invisibleCount} invisible entries`,
  value: resumed,
  unit: 'ms',
  limit: { max: 100 },
});
await server.stop();
removeData(data);
reportMemory();
process.exit();

async function fill(directory: string): Promise<void> {
  const fail = (what: unknown): never => {
    throw new Error('the log cannot be written', { cause: what });
  };
  const ignore = (): void => undefined;
  const reports = {
    ...{ onGap: fail, onUnwritable: fail, onUpkeepFailed: fail, onClockDoubted: fail },
    ...{ onRenewed: ignore, onReadOnly: ignore, onWritable: ignore, onClockBelieved: ignore },
  };
  const log = await openLevelLog({ directory, clock: systemClock, reports });
  await Promise.all(Array.from({ length: roomCount }, (_, index) => log.append(creation(index))));
  for (let number = 0; number < messageCount; number += 1000) {
    await Promise.all(Array.from({ length: 1000 }, (_, index) => log.append(message(number + index))));
  }
  await log.close();
}

/** The heap of the folded rooms, divided by their memberships. */
function reportMemory(): void {
  const heapBytes = (): number => {
    collectGarbage();
    return process.memoryUsage().heapUsed;
  };
  const before = heapBytes();
  const folded = createRooms();
  for (let index = 0; index < roomCount; index++) {
    const entry = creation(index);
    const decoded = (): ReturnType<typeof decodeMessages>[number] => {
      const [only] = decodeMessages(
        Buffer.concat([Buffer.of(0x0a), varint(entry.message().length), entry.message()]),
      );
      if (!only) throw new Error('no message');
      return only;
    };
    folded.apply({ sequence: index + 1, room: index + 1, kind: messageKind.room, message: decoded });
  }
  const memberships = roomCount * membersPerRoom;
  report({
    what: 'memory of a membership',
    value: (heapBytes() - before) / memberships,
    unit: 'bytes',
    limit: { max: 150 },
    details: `${memberships} memberships, ${folded.upTo()} rooms`,
  });
}

function collectGarbage(): void {
  setFlagsFromString('--expose_gc');
  (runInNewContext('gc') as () => void)();
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    bytes.push(rest < 0x80 ? rest : (rest & 0x7f) | 0x80);
    if (rest < 0x80) return Buffer.from(bytes);
  }
}

/** The median time of a task in milliseconds; the first round warms up. */
async function timed(task: () => Promise<void>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const start = performance.now();
    await task();
    if (round > 0) times.push(performance.now() - start);
  }
  return quantile(times, 0.5);
}

/**
 * What a log of 1,000,000 messages costs with 1,000 rooms and 50,000 memberships: the start of the server, the list of
 * 500 rooms, a page of a room with one in 10,000 messages, a resume in 20 quiet rooms past 100,000 invisible entries, and
 * the memory of a membership. Then a page of messages with 10,000 reactions and 1,000 edits, one more reaction, the deletion
 * of what has the reactions, and the memory that they take.
 */
import { randomUUID } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { decodeMessages, emptyMessage } from '../src/shared/codec.js';
import { lobby } from '../src/shared/message.js';
import { encodeDeletion, encodeReact } from '../src/shared/message-changes.js';
import { encodeHistoryQuery } from '../src/shared/message-queries.js';
import { messages, rooms } from '../src/shared/services.js';
import { decodeRoomList } from '../test/support/room-answers.js';
import { fillLog } from './filled-log.js';
import {
  changedEntry,
  changes,
  invisibleCount,
  longRoomEntry,
  membersPerRoom,
  messageCount,
  ownRooms,
  quietRooms,
  quietUser,
  roomCount,
  roomsAfter,
  sparseEvery,
  sparseRoom,
  userCount,
} from './long-room-log.js';
import { quantile, timesOf } from './median.js';
import { callOnce, dataWithUsers, removeData, startRoomsServer } from './room-users.js';
import { report } from './row.js';
import { residentBytes, startChat } from './target.js';
import { openStream } from './wire/chat-wire.js';

const rounds = 5;

const data = await dataWithUsers(userCount);
await fillLog(data, roomCount + messageCount, longRoomEntry);
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
const listed = await timesOf(rounds, async () => {
  const { rooms: list } = decodeRoomList(await callOnce(server.port, rooms.list, 'u0', emptyMessage));
  if (list.length < ownRooms) throw new Error(`${list.length} rooms`);
});
report({ what: `list of ${ownRooms} rooms`, value: quantile(listed, 0.5), unit: 'ms', limit: { max: 50 } });
const paged = await timesOf(rounds, async () => {
  const request = encodeHistoryQuery({ room: sparseRoom + 1, limit: 50 });
  const page = decodeMessages(await callOnce(server.port, messages.history, 'u1', request));
  if (page.length !== 50) throw new Error(`a page has ${page.length} messages`);
});
report({
  what: `page of 50, one in ${sparseEvery} messages`,
  value: quantile(paged, 0.5),
  unit: 'ms',
  limit: { max: 20 },
});

const { upTo, logId } = decodeRoomList(
  await callOnce(server.port, rooms.list, `u${quietUser}`, emptyMessage),
);
const resumed = await timesOf(rounds, async () => {
  const cursor = { 'log-id': logId, 'resume-after': String(upTo - invisibleCount) };
  const metadata = { rooms: '1', ...cursor };
  const stream = await openStream(server.port, `u${quietUser}`, metadata, () => undefined);
  stream.close();
});
report({
  what: `resume in ${quietRooms} rooms past ${invisibleCount} invisible entries`,
  value: quantile(resumed, 0.5),
  unit: 'ms',
  limit: { max: 100 },
});
await server.stop();
removeData(data);
await reportChanges();
reportMemory();
process.exit();

async function reportChanges(): Promise<void> {
  const pageOf = async (port: number): Promise<void> => {
    const request = encodeHistoryQuery({ room: lobby, limit: changes.messages });
    const page = decodeMessages(await callOnce(port, messages.history, 'u1', request));
    if (page.length !== changes.messages) throw new Error(`a page has ${page.length} messages`);
  };
  /** Of a server that has read all entries and answered a page. */
  const residentAfter = async (count: number): Promise<number> => {
    const few = await dataWithUsers(userCount);
    await fillLog(few, count, changedEntry);
    const server = await startRoomsServer(few);
    await pageOf(server.port);
    const bytes = residentBytes(server.pid);
    await server.stop();
    removeData(few);
    return bytes;
  };
  const count = changes.messages + changes.reactions + changes.edits;
  const unchangedBytes = await residentAfter(changes.messages);
  const data = await dataWithUsers(userCount);
  await fillLog(data, count, changedEntry);
  const server = await startRoomsServer(data);
  const paged = await timesOf(rounds, () => pageOf(server.port));
  const bytes = residentBytes(server.pid) - unchangedBytes;
  const what = `${changes.reactions} reactions and ${changes.edits} edits`;
  report({ what: `page of 50 with ${what}`, value: quantile(paged, 0.5), unit: 'ms', limit: { max: 20 } });
  report({ what: `memory of ${what}`, value: bytes / 2 ** 20, unit: 'MiB', limit: { max: 64 } });
  const call = (method: { readonly path: string }, request: Uint8Array): Promise<Buffer> =>
    callOnce(server.port, method, changes.author, request);
  const reacted = await timesOf(rounds, async () => {
    await call(messages.react, encodeReact({ target: 1, emoji: ['🎉'], id: randomUUID() }));
  });
  report({
    what: `one more than ${changes.reactions} reactions`,
    value: quantile(reacted, 0.5),
    unit: 'ms',
    limit: { max: 20 },
  });
  const startMs = performance.now();
  const deleted = call(messages.delete, encodeDeletion({ target: 1, id: randomUUID() })).then(
    () => performance.now() - startMs,
  );
  const meanwhile = await timesOf(rounds, () => pageOf(server.port));
  report({
    what: `deletion of ${changes.reactions} reactions`,
    value: await deleted,
    unit: 'ms',
    limit: { max: 1000 },
    details: `pages meanwhile at most ${Math.max(...meanwhile).toFixed(0)} ms`,
  });
  await server.stop();
  removeData(data);
}

/** The heap of the folded rooms, divided by their memberships. */
function reportMemory(): void {
  const heapBytes = (): number => {
    collectGarbage();
    return process.memoryUsage().heapUsed;
  };
  const before = heapBytes();
  const rooms = roomsAfter(roomCount);
  const memberships = roomCount * membersPerRoom;
  report({
    what: 'memory of a membership',
    value: (heapBytes() - before) / memberships,
    unit: 'bytes',
    limit: { max: 150 },
    details: `${memberships} memberships, ${rooms.upTo()} rooms`,
  });
}

function collectGarbage(): void {
  setFlagsFromString('--expose_gc');
  (runInNewContext('gc') as () => void)();
}

/**
 * 1,000 rooms of 50 members with 2,000 users online, and 500 messages a second across the rooms: the CPU time of the
 * server per delivery, compared to one room with as many deliveries a second, and how long deliveries take, compared to
 * the lobby with 50 subscribers.
 */
import { setTimeout } from 'node:timers/promises';
import { lobby, roomType } from '../src/shared/message.js';
import { decodeRoom } from '../test/support/room-answers.js';
import { encodeNewRoom } from '../src/shared/room-requests.js';
import { rooms } from '../src/shared/services.js';
import { quantile, rangeOf } from './median.js';
import {
  callOnce,
  dataWithUsers,
  openPoster,
  openReader,
  removeData,
  startRoomsServer,
} from './room-users.js';
import { report } from './row.js';
import { cpuMicros } from './target.js';
import { age, stamped } from './wire/wire.js';

const userCount = 2000;
const roomCount = 1000;
const membersPerRoom = 50;
const posterCount = 50;
const rate = 500;
const seconds = 4;
const rounds = 3;
const textBytes = 60;

let deliveries = 0;
let ages: number[] = [];
const stampForm = /\d{16}x{44}/g;

function onData(bytes: Buffer): void {
  for (const [text] of bytes.toString('latin1').matchAll(stampForm)) {
    deliveries++;
    const time = age(Buffer.from(text));
    if (time !== undefined) ages.push(time);
  }
}

/** Room `index` has the members from `index * 2` on, so that each user is in 25 rooms; the creator is one of them. */
const membersOf = (index: number): number[] =>
  Array.from({ length: membersPerRoom }, (_, member) => (index * 2 + member) % userCount);

const data = await dataWithUsers(userCount);
const server = await startRoomsServer(data);
const numbers: number[] = [];
const creatorOf = (index: number): string => `u${membersOf(index)[0] ?? 0}`;
for (let index = 0; index < roomCount; index++) {
  const members = membersOf(index).map((user) => `u${user}`);
  const request = encodeNewRoom({ name: `room-${index}`, type: roomType.closed, members });
  numbers.push(decodeRoom(await callOnce(server.port, rooms.create, creatorOf(index), request)).number);
}
const posters = await Promise.all(
  Array.from({ length: posterCount }, (_, index) => openPoster(server.port, creatorOf(index * 20))),
);

type Reading = { readonly microsPerDelivery: number; readonly p99: number };

/** `rooms`: the indexes of the rooms to post to in turn; a negative one is the lobby. */
async function measure(roomOf: (count: number) => number): Promise<Reading> {
  const sendFor = async (time: number): Promise<void> => {
    const start = performance.now();
    const answers: Promise<void>[] = [];
    for (let elapsed = 0; elapsed < time; elapsed = (performance.now() - start) / 1000) {
      while (answers.length < elapsed * rate) {
        const index = roomOf(answers.length);
        // The creator of every twentieth room is in the 20 rooms up to it.
        const poster = posters[Math.ceil(Math.max(0, index) / 20)];
        if (!poster) throw new Error('no poster');
        answers.push(poster(index < 0 ? lobby : (numbers[index] ?? lobby), stamped(textBytes)));
      }
      await setTimeout(2);
    }
    await Promise.all(answers);
    await setTimeout(300);
  };
  await sendFor(1);
  [deliveries, ages] = [0, []];
  const before = cpuMicros(server.pid);
  await sendFor(seconds);
  const expected = rate * seconds * membersPerRoom;
  if (deliveries < expected * 0.98) throw new Error(`${deliveries} of ${expected} deliveries`);
  return { microsPerDelivery: (cpuMicros(server.pid) - before) / deliveries, p99: quantile(ages, 0.99) };
}

/** All rooms that have a poster, in no order. */
const across = (count: number): number => (count * 37) % ((posters.length - 1) * 20 + 1);
const single = (): number => 0;
const inLobby = (): number => -1;

async function withReaders(users: readonly number[], task: () => Promise<Reading>): Promise<Reading> {
  const readers = [];
  for (let first = 0; first < users.length; first += 50) {
    const some = users.slice(first, first + 50);
    readers.push(...(await Promise.all(some.map((user) => openReader(server.port, `u${user}`, onData)))));
  }
  await setTimeout(1000);
  const reading = await task();
  for (const reader of readers) reader.close();
  await setTimeout(1000);
  return reading;
}

const everybody = Array.from({ length: userCount }, (_, index) => index);
const readings: Record<'many' | 'one' | 'lobby', Reading[]> = { many: [], one: [], lobby: [] };
// The first round warms up.
for (let round = 0; round <= rounds; round++) {
  const many = await withReaders(everybody, () => measure(across));
  const one = await withReaders(membersOf(0), () => measure(single));
  const ofLobby = await withReaders(membersOf(0), () => measure(inLobby));
  if (round === 0) continue;
  readings.many.push(many);
  readings.one.push(one);
  readings.lobby.push(ofLobby);
}
const ratios = readings.many.map(
  ({ microsPerDelivery }, round) => microsPerDelivery / (readings.one[round]?.microsPerDelivery ?? NaN),
);
const median = (which: keyof typeof readings, figure: keyof Reading): number =>
  quantile(
    readings[which].map((reading) => reading[figure]),
    0.5,
  );
report({
  what: `${roomCount} rooms, ${userCount} online, ${rate}/s: CPU per delivery`,
  value: quantile(ratios, 0.5),
  unit: '× one room',
  limit: { max: 1.5 },
  details: `${rangeOf(ratios)}; ${median('many', 'microsPerDelivery').toFixed(2)} µs, one room ${median('one', 'microsPerDelivery').toFixed(2)} µs`,
});
report({
  what: 'the same, p99 from sending to receiving',
  value: median('many', 'p99'),
  unit: 'ms',
  details: `one room ${median('one', 'p99').toFixed(1)} ms, lobby ${median('lobby', 'p99').toFixed(1)} ms`,
});
await server.stop();
removeData(data);
process.exit();

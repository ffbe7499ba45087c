/**
 * 1,000 rooms of 50 members with 2,000 users online, and 500 messages a second across the rooms: the CPU time of the
 * server per delivery, compared to one room with as many deliveries a second, and how long deliveries take, compared to
 * the lobby. Each case has 25,000 deliveries a second, and the subscribers have processes of their own. A lobby of 2,000
 * needs as many writes for them as the rooms, to as many connections. The messages of one room, and of a lobby of 50, can
 * share writes when the server is busy.
 */
import { setTimeout } from 'node:timers/promises';
import { lobby } from '../src/shared/message.js';
import { gather, type Crowd } from './crowd.js';
import { medianOf, quantile, rangeOf } from './median.js';
import { defaultTextBytes, evenly } from './publish.js';
import { createRoom, dataWithUsers, openPoster, removeData, startRoomsServer } from './room-users.js';
import { report } from './row.js';
import { cpuMicros } from './target.js';
import { stamped } from './wire/wire.js';

const userCount = 2000;
const roomCount = 1000;
const membersPerRoom = 50;
const posterCount = 50;
const roomsPerPoster = 20;
const rate = 500;
const deliveryRate = rate * membersPerRoom;
const settleSeconds = 1;
const seconds = 4;
const rounds = 3;
/** With one process, reading 25,000 deliveries a second takes longer than writing them. */
const processes = 2;

/** Room `index` has the members from `index * 2` on, so that each user is in 25 rooms; the creator is one of them. */
const memberOf = (index: number, member: number): string => `u${(index * 2 + member) % userCount}`;

const data = await dataWithUsers(userCount);
const server = await startRoomsServer(data);
const numbers: number[] = [];
for (let index = 0; index < roomCount; index++) {
  const members = Array.from({ length: membersPerRoom }, (_, member) => memberOf(index, member));
  numbers.push(await createRoom(server.port, memberOf(index, 0), `room-${index}`, members));
}
// The creator of every twentieth room is in the 20 rooms up to it.
const posters = await Promise.all(
  Array.from({ length: posterCount }, (_, index) =>
    openPoster(server.port, memberOf(index * roomsPerPoster, 0)),
  ),
);

/** The index of a room, or the lobby. */
type Place = number | 'lobby';

/** All rooms that have a poster, in no order. */
const across = (count: number): Place => (count * 37) % ((posterCount - 1) * roomsPerPoster + 1);
const single = (): Place => 0;
const inLobby = (): Place => 'lobby';

/** The number of readers of each message. */
const cases = {
  many: { readers: membersPerRoom, placeOf: across },
  oneOfMany: { readers: membersPerRoom, placeOf: single },
  lobbyOfMany: { readers: userCount, placeOf: inLobby },
  one: { readers: membersPerRoom, placeOf: single },
  lobby: { readers: membersPerRoom, placeOf: inLobby },
} as const;
type Case = keyof typeof cases;

async function post(place: Place): Promise<void> {
  const index = place === 'lobby' ? 0 : place;
  const poster = posters[Math.ceil(index / roomsPerPoster)];
  const room = numbers[index];
  if (!poster || room === undefined) throw new Error(`there is no room ${index}`);
  await poster(place === 'lobby' ? lobby : room, stamped(defaultTextBytes));
}

type Reading = { readonly microsPerDelivery: number; readonly p50: number; readonly p99: number };

async function measure(crowd: Crowd, name: Case): Promise<Reading> {
  const { readers, placeOf } = cases[name];
  const sendFor = async (time: number): Promise<number> => {
    const before = await crowd.received();
    const sent = await evenly(deliveryRate / readers, time, (count) => post(placeOf(count)));
    const deliveries = sent * readers;
    await crowd.untilReceived(before + deliveries);
    return deliveries;
  };
  await sendFor(settleSeconds);
  await crowd.ages();
  const before = cpuMicros(server.pid);
  const deliveries = await sendFor(seconds);
  const microsPerDelivery = (cpuMicros(server.pid) - before) / deliveries;
  const ages = await crowd.ages();
  return { microsPerDelivery, p50: quantile(ages, 0.5), p99: quantile(ages, 0.99) };
}

const readings: Record<Case, Reading[]> = { many: [], oneOfMany: [], lobbyOfMany: [], one: [], lobby: [] };

async function measureOnline(online: number, names: readonly Case[]): Promise<void> {
  const crowd = await gather(server, {
    ...{ size: online, processes, collectsAges: true },
    userOf: (index) => memberOf(0, index),
  });
  await setTimeout(1000);
  for (const name of names) readings[name].push(await measure(crowd, name));
  await crowd.leave();
  await setTimeout(1000);
}

for (let round = 0; round <= rounds; round++) {
  await measureOnline(userCount, ['many', 'lobbyOfMany', 'oneOfMany']);
  await measureOnline(membersPerRoom, ['one', 'lobby']);
  // The first round warms up.
  if (round === 0) for (const name of Object.values(readings)) name.length = 0;
}

const ratiosOf = (figure: keyof Reading, of: Case, to: Case): number[] =>
  readings[of].map((reading, round) => reading[figure] / (readings[to][round]?.[figure] ?? NaN));
const median = (name: Case, figure: keyof Reading): number =>
  medianOf(readings[name], (reading) => reading[figure]);
const described = (name: Case): string =>
  `p50 ${median(name, 'p50').toFixed(1)} ms, p99 ${median(name, 'p99').toFixed(1)} ms`;

const cpuRatios = ratiosOf('microsPerDelivery', 'many', 'one');
report({
  what: `${roomCount} rooms, ${userCount} online, ${rate}/s: CPU per delivery`,
  value: quantile(cpuRatios, 0.5),
  unit: '× one room',
  limit: { max: 1.5 },
  details: `${rangeOf(cpuRatios)}; ${median('many', 'microsPerDelivery').toFixed(2)} µs, one room ${median('one', 'microsPerDelivery').toFixed(2)} µs`,
});
const p99Ratios = ratiosOf('p99', 'many', 'lobbyOfMany');
report({
  what: `the same, p99 to a lobby with these ${userCount}`,
  value: quantile(p99Ratios, 0.5),
  unit: '×',
  limit: { max: 1.2 },
  details: `${rangeOf(p99Ratios)}; ${described('many')}; lobby: ${described('lobbyOfMany')}`,
});
const fewRatios = ratiosOf('p99', 'many', 'lobby');
report({
  what: `the same, p99 to a lobby with ${membersPerRoom}`,
  value: quantile(fewRatios, 0.5),
  unit: '×',
  details: `${rangeOf(fewRatios)}; lobby: ${described('lobby')}; one room: ${described('one')}; one room, ${userCount} online: ${described('oneOfMany')}`,
});
await server.stop();
removeData(data);
process.exit();

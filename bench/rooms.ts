/**
 * The CPU time of the server for messages to a room of 20 while 5,000 are connected, compared to only those 20 on the same
 * server. The others see none of the messages.
 */
import { setTimeout } from 'node:timers/promises';
import { gather } from './crowd.js';
import { quantile, rangeOf } from './median.js';
import { defaultTextBytes, evenly } from './publish.js';
import { createRoom, openPoster } from './room-users.js';
import { report } from './row.js';
import { cpuMicros, startChat } from './target.js';
import { stamped } from './wire/wire.js';

const memberCount = 20;
const otherCount = 4980;
const rate = 200;
const seconds = 4;
const rounds = 5;

const target = await startChat([]);
const room = await createRoom(target.port, 'user1', 'plans');
const members = await gather(target, { size: memberCount, userOf: () => 'user1' });
const post = await openPoster(target.port, 'user1');
await cpuPerMessage();
const ratios: number[] = [];
const [few, all]: [number[], number[]] = [[], []];
for (let round = 0; round < rounds; round++) {
  const alone = await cpuPerMessage();
  const others = await gather(target, { size: otherCount, userOf: () => 'user3' });
  const crowded = await cpuPerMessage();
  await others.leave();
  await setTimeout(1000);
  few.push(alone);
  all.push(crowded);
  ratios.push(crowded / alone);
}
report({
  what: `a message to a room of ${memberCount}, ${memberCount + otherCount} connected`,
  value: quantile(ratios, 0.5),
  unit: '× the 20',
  limit: { max: 1.3 },
  details: `${rangeOf(ratios)}; ${quantile(all, 0.5).toFixed(0)} µs, the ${memberCount} alone ${quantile(few, 0.5).toFixed(0)} µs`,
});
await members.leave();
await target.stop();
process.exit();

/** The server's CPU time for a message and its deliveries, in microseconds. */
async function cpuPerMessage(): Promise<number> {
  await setTimeout(1000);
  const receivedBefore = await members.received();
  const before = cpuMicros(target.pid);
  const sent = await evenly(rate, seconds, () => post(room, stamped(defaultTextBytes)));
  await members.untilReceived(receivedBefore + sent * memberCount);
  return (cpuMicros(target.pid) - before) / sent;
}

/**
 * What a subscriber costs that only waits: resident memory of the server with 5,000 of them, each on its own
 * connection, less what it had before they came.
 */
import { setTimeout } from 'node:timers/promises';
import { gather } from './crowd.js';
import { quantile } from './median.js';
import { report } from './row.js';
import { memoryChat, residentMemory } from './target.js';

const subscribers = 5000;
const rounds = 3;
/** So that what the connecting left behind is collected. */
const settling = 5000;

const costs: number[] = [];
for (let round = 0; round < rounds; round++) {
  const target = await memoryChat.start();
  // The first ones make the server load and compile what all of them use.
  const first = await gather(target, { size: 100 });
  const before = residentMemory(target.pid);
  const crowd = await gather(target, { size: subscribers, processes: 2 });
  await setTimeout(settling);
  costs.push((residentMemory(target.pid) - before) / subscribers / 1000);
  await crowd.leave();
  await first.leave();
  await target.stop();
}
report({
  what: 'idle subscriber, resident memory of the server',
  value: quantile(costs, 0.5),
  unit: 'kB',
  bar: { most: 40 },
  details: `${subscribers} subscribers; ${costs.map((cost) => cost.toFixed(1)).join(', ')}`,
});

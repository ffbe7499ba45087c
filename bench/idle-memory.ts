/** The resident memory that each of 5,000 idle subscribers, on its own connection, adds to the server. */
import { setTimeout } from 'node:timers/promises';
import { gather } from './crowd.js';
import { quantile } from './median.js';
import { report } from './row.js';
import { memoryChat, residentBytes } from './target.js';

const subscribers = 5000;
const rounds = 3;
/** Time to collect the garbage of connecting. */
const settleMs = 5000;

const costs: number[] = [];
for (let round = 0; round < rounds; round++) {
  const target = await memoryChat.start();
  // The first subscribers make the server load and compile the code for all of them.
  const first = await gather(target, { size: 100 });
  const before = residentBytes(target.pid);
  const crowd = await gather(target, { size: subscribers, processes: 2 });
  await setTimeout(settleMs);
  costs.push((residentBytes(target.pid) - before) / subscribers / 1000);
  await crowd.leave();
  await first.leave();
  await target.stop();
}
report({
  what: 'idle subscriber, resident memory of the server',
  value: quantile(costs, 0.5),
  unit: 'kB',
  limit: { max: 40 },
  details: `${subscribers} subscribers; ${costs.map((cost) => cost.toFixed(1)).join(', ')}`,
});

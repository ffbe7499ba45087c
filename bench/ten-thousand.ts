/**
 * 10,000 subscribers, each on its own connection: how long until all of them have one message, from the moment at
 * which it was sent.
 */
import { performance } from 'node:perf_hooks';
import { gather } from './crowd.js';
import { quantile } from './median.js';
import { connectPublishers } from './publish.js';
import { report } from './row.js';
import { embeddedChat } from './target.js';

const subscribers = 10_000;
const warmUp = 3;
const rounds = 7;

const target = await embeddedChat.start();
const start = performance.now();
const crowd = await gather(target, { size: subscribers, processes: 4, collectsAges: true });
const connecting = (performance.now() - start) / 1000;
const publishers = await connectPublishers(target);
const times: number[] = [];
for (let round = 1; round <= warmUp + rounds; round++) {
  await publishers.one();
  await crowd.untilReceived(round * subscribers);
  const slowest = (await crowd.ages()).reduce((most, age) => Math.max(most, age), 0);
  if (round > warmUp) times.push(slowest);
}
report({
  what: 'one message to 10,000 subscribers, the last one',
  value: quantile(times, 0.5),
  unit: 'ms',
  bar: { most: 500 },
  details: `worst ${Math.max(...times).toFixed(0)} ms; connected within ${connecting.toFixed(1)} s`,
});
publishers.close();
await crowd.leave();
await target.stop();

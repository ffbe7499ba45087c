/** The time from sending a message until 10,000 subscribers, each on its own connection, have received it. */
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
  const slowest = (await crowd.ages()).reduce((highest, age) => Math.max(highest, age), 0);
  if (round > warmUp) times.push(slowest);
}
report({
  what: 'one message to 10,000 subscribers, the last one',
  value: quantile(times, 0.5),
  unit: 'ms',
  limit: { max: 500 },
  details: `slowest ${Math.max(...times).toFixed(0)} ms; connected within ${connecting.toFixed(1)} s`,
});
publishers.close();
await crowd.leave();
await target.stop();

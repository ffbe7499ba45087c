/** The time until 200 subscribers, each on its own connection, have received an image of 300 kB. */
import { contentType } from '../src/shared/message.js';
import { gather } from './crowd.js';
import { quantile } from './median.js';
import { noisePng } from './noise-png.js';
import { performance } from 'node:perf_hooks';
import { report } from './row.js';
import { connectAs } from './screen-client.js';
import { cpuMicros, embeddedChat } from './target.js';

const subscribers = 200;
const warmUp = 2;
const rounds = 7;
/** A noise image of 300 kB. */
const sidePixels = 316;

const image = await noisePng(sidePixels, sidePixels);
const target = await embeddedChat.start();
const crowd = await gather(target, { size: subscribers });
const sender = connectAs('user2', `localhost:${target.port}`);
const times: number[] = [];
const cpus: number[] = [];
for (let round = 1; round <= warmUp + rounds; round++) {
  const [start, cpuBefore] = [performance.now(), cpuMicros(target.pid)];
  const draft = { id: `image-${round}`, timestamp: Date.now(), type: contentType.image, content: image };
  await sender.send(draft, new AbortController().signal);
  await crowd.untilReceived(round * subscribers);
  if (round <= warmUp) continue;
  times.push(performance.now() - start);
  cpus.push((cpuMicros(target.pid) - cpuBefore) / 1000);
}
const megabytes = (image.length * subscribers) / 1e6;
report({
  what: `image of ${(image.length / 1000).toFixed(0)} kB to ${subscribers} subscribers, the last one`,
  value: quantile(times, 0.5),
  unit: 'ms',
  details: `${megabytes.toFixed(0)} MB, ${quantile(cpus, 0.5).toFixed(0)} ms of CPU`,
});
sender.close();
await crowd.leave();
await target.stop();

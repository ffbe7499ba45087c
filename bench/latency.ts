/**
 * The time of a message from its sender to each of 200 subscribers, at 100 messages a second, compared to nats-server in
 * the same run. Our server delivers only what is on the disk, so the time of a flush is measured and added to the limit.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { gather } from './crowd.js';
import { quantile } from './median.js';
import { connectPublishers, warmUp } from './publish.js';
import { report } from './row.js';
import { embeddedChat, nats, type Candidate } from './target.js';

const subscribers = 200;
const rate = 100;
const seconds = 4;
const rounds = 5;

async function agesAt(candidate: Candidate): Promise<number[]> {
  const target = await candidate.start();
  const crowd = await gather(target, { size: subscribers, collectsAges: true });
  const publishers = await connectPublishers(target);
  const before = await publishers.evenly(warmUp.rate, warmUp.seconds);
  await crowd.untilReceived(before * subscribers);
  await crowd.ages();
  const sent = await publishers.evenly(rate, seconds);
  await crowd.untilReceived((before + sent) * subscribers);
  const ages = await crowd.ages();
  publishers.close();
  await crowd.leave();
  await target.stop();
  return ages;
}

/** The times to write 100 bytes and flush them, in milliseconds, at the rate and for the time of the messages. */
async function flushTimes(): Promise<number[]> {
  const directory = mkdtempSync(join(tmpdir(), 'chat-bench-'));
  const file = await open(join(directory, 'flushed'), 'a');
  const times: number[] = [];
  for (let count = 0; count < rate * seconds; count++) {
    const start = performance.now();
    await file.appendFile(Buffer.alloc(100));
    await file.datasync();
    times.push(performance.now() - start);
    await setTimeout(1000 / rate);
  }
  await file.close();
  rmSync(directory, { recursive: true });
  return times;
}

const [peers, ours, disks]: number[][][] = [[], [], []];
for (let round = 0; round < rounds; round++) {
  peers?.push(await agesAt(nats));
  ours?.push(await agesAt(embeddedChat));
  disks?.push(await flushTimes());
}
for (const [name, share] of [
  ['p50', 0.5],
  ['p99', 0.99],
] as const) {
  const [peer, our, disk] = [peers, ours, disks].map((samples = []) =>
    quantile(
      samples.map((sample) => quantile(sample, share)),
      0.5,
    ),
  );
  const maxMs = 2 * Number(peer) + Number(disk);
  report({
    what: `send to receive at ${rate}/s, ${name}`,
    value: Number(our),
    unit: 'ms',
    ...(name === 'p99' && { limit: { max: Math.round(maxMs * 100) / 100 } }),
    details: `nats ${peer?.toFixed(2)} ms, a flush ${disk?.toFixed(2)} ms; the limit is twice the former plus the latter`,
  });
}

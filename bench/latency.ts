/**
 * How long a message takes from its sender to each of 200 subscribers, at 100 messages a second, beside nats-server in
 * the same run. Ours answers for what it hands on, so a flush to the disk comes on top: that is measured alone too.
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

/** What it takes to write 100 bytes and have them on the disk, in milliseconds: as often, and as long, as messages are sent. */
async function flushes(): Promise<number[]> {
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
  disks?.push(await flushes());
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
  const bar = 2 * Number(peer) + Number(disk);
  report({
    what: `send to receive at ${rate}/s, ${name}`,
    value: Number(our),
    unit: 'ms',
    ...(name === 'p99' && { bar: { most: Math.round(bar * 100) / 100 } }),
    details: `nats ${peer?.toFixed(2)} ms, a flush ${disk?.toFixed(2)} ms; the bar is twice the one and once the other`,
  });
}

/**
 * What it costs the server to deliver one message to one subscriber: 200 subscribers on 200 connections, texts of
 * 60 bytes, CPU of the server process for each delivery, beside nats-server in the same run. Ratios are what counts:
 * absolute figures are the machine's. Run on its own: npm run bench:fan-out [seconds].
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { cpuTime, residentMemory, type Target, targets } from './target.js';
import { wires } from './wire.js';

const subscribers = 200;
const seconds = Number(process.argv[2] ?? 5);
const rates = [100, 500, 5000];

type Row = { readonly perDelivery: number; readonly deliveries: number; readonly memory: number };

async function measure(target: Target, rate: number): Promise<Row> {
  const crowd = fork(
    join(import.meta.dirname, 'subscribers.ts'),
    [target.kind, String(target.port), String(subscribers)],
    { execArgv: ['--import', 'tsx'] },
  );
  await once(crowd, 'message');
  const received = async (): Promise<number> => {
    const answer = once(crowd, 'message');
    crowd.send('count');
    const [count] = (await answer) as [number];
    return count;
  };
  const publish = await wires[target.kind].createPublisher(target.port);
  await publishAt(rate, 1, publish);
  const [cpuBefore, countBefore, start] = [cpuTime(target.pid), await received(), performance.now()];
  await publishAt(rate, seconds, publish);
  // What is under way still belongs to it.
  await setTimeout(300);
  const deliveries = (await received()) - countBefore;
  const cpu = cpuTime(target.pid) - cpuBefore;
  const elapsed = (performance.now() - start) / 1000;
  const memory = residentMemory(target.pid);
  crowd.disconnect();
  await once(crowd, 'exit');
  return { perDelivery: cpu / deliveries, deliveries: deliveries / elapsed, memory };
}

/** Publishes evenly, in steps of 5 ms; a server that falls behind is waited for, with at most 256 under way. */
async function publishAt(rate: number, duration: number, publish: () => Promise<void>): Promise<void> {
  const start = performance.now();
  const underWay = new Set<Promise<void>>();
  let published = 0;
  for (;;) {
    const elapsed = (performance.now() - start) / 1000;
    if (elapsed >= duration) break;
    for (; published < elapsed * rate; published++) {
      if (underWay.size >= 256) await Promise.race(underWay);
      const one = publish().finally(() => underWay.delete(one));
      underWay.add(one);
    }
    await setTimeout(5);
  }
  await Promise.all(underWay);
}

for (const rate of rates) {
  let base: number | undefined;
  console.log(`${rate} messages/s to ${subscribers} subscribers`);
  for (const { start } of targets) {
    const target = await start();
    const { perDelivery, deliveries, memory } = await measure(target, rate);
    base ??= perDelivery;
    console.log(
      `  ${target.name.padEnd(16)} ${perDelivery.toFixed(2).padStart(6)} µs a delivery  ` +
        `${(perDelivery / base).toFixed(2)}×  ${deliveries.toFixed(0).padStart(8)}/s  ${(memory / 1e6).toFixed(0)} MB`,
    );
    await target.stop();
  }
}

/**
 * What it costs the server to deliver one message to one subscriber: 200 subscribers on 200 connections, texts of
 * 60 bytes, CPU time of the server process for each delivery, beside nats-server in the same run. nats-server keeps
 * nothing, encodes nothing and is compiled: it is as near to the limit as any broadcaster comes.
 */
import { quantile, rangeOf } from './median.js';
import { connectPublishers } from './publish.js';
import { gather } from './crowd.js';
import { report } from './row.js';
import { cpuTime, embeddedChat, memoryChat, nats, type Candidate } from './target.js';

const subscribers = 200;
const warmUp = 1;
const seconds = 3;
const rounds = 5;
/** One load alone, in less than three minutes: npm run bench -- fan-out 500. */
const only = process.argv[2] ?? '';
/** Under way at once at full speed. */
const atOnce = 256;

/** Messages a second; `undefined`: as many as the server takes. */
const loads = [
  { name: '100/s', rate: 100, bar: 2.0 },
  { name: '500/s', rate: 500, bar: 1.8 },
  { name: 'full speed', rate: undefined, bar: 1.2 },
] as const;

type Cost = { readonly perDelivery: number; readonly perSecond: number };

async function measure(candidate: Candidate, rate: number | undefined): Promise<Cost> {
  const target = await candidate.start();
  const crowd = await gather(target, { size: subscribers });
  const publishers = await connectPublishers(target, rate === undefined ? atOnce : 1);
  const load = (time: number): Promise<number> =>
    rate === undefined ? publishers.atFullSpeed(atOnce, time) : publishers.evenly(rate, time);
  let sent = await load(warmUp);
  await crowd.untilReceived(sent * subscribers);
  const [cpuBefore, start] = [cpuTime(target.pid), performance.now()];
  const counted = await load(seconds);
  sent += counted;
  await crowd.untilReceived(sent * subscribers);
  const deliveries = counted * subscribers;
  const cost = {
    perDelivery: (cpuTime(target.pid) - cpuBefore) / deliveries,
    perSecond: (deliveries / (performance.now() - start)) * 1000,
  };
  publishers.close();
  await crowd.leave();
  await target.stop();
  return cost;
}

for (const { name, rate, bar } of loads.filter((load) => load.name.startsWith(only))) {
  const costs: Record<'nats' | 'memory' | 'embedded', Cost[]> = { nats: [], memory: [], embedded: [] };
  // In turn, so that a busy moment of the machine meets all of them.
  for (let round = 0; round < rounds; round++) {
    costs.nats.push(await measure(nats, rate));
    costs.memory.push(await measure(memoryChat, rate));
    costs.embedded.push(await measure(embeddedChat, rate));
  }
  const base = median(costs.nats);
  for (const kind of ['embedded', 'memory'] as const) {
    const cost = median(costs[kind]);
    // Each beside the peer of its own round.
    const ratios = costs[kind].map(
      ({ perDelivery }, round) => perDelivery / (costs.nats[round]?.perDelivery ?? NaN),
    );
    report({
      what: `fan-out at ${name}, CPU a delivery, ${kind}`,
      value: quantile(ratios, 0.5),
      unit: '× nats',
      ...(kind === 'embedded' && { bar: { most: bar } }),
      details: `${rangeOf(ratios)}; ${described(cost)}; nats ${described(base)}`,
    });
  }
}

function median(costs: readonly Cost[]): Cost {
  return {
    perDelivery: quantile(
      costs.map((cost) => cost.perDelivery),
      0.5,
    ),
    perSecond: quantile(
      costs.map((cost) => cost.perSecond),
      0.5,
    ),
  };
}

function described({ perDelivery, perSecond }: Cost): string {
  return `${perDelivery.toFixed(2)} µs at ${perSecond.toFixed(0)}/s`;
}

/**
 * What it costs the server to deliver one message to one subscriber: 200 subscribers on 200 connections, texts of
 * 60 bytes, CPU time of the server process for each delivery, beside nats-server at the same rate in the same run.
 * nats-server keeps nothing, encodes nothing and is compiled: it is as near to the limit as any broadcaster comes.
 * At full speed it is driven at the rate that ours has just reached; its own full speed stands in the details.
 */
import { costOf, described, medianCost, type Cost } from './delivery-cost.js';
import { quantile, rangeOf } from './median.js';
import { report } from './row.js';
import { embeddedChat, memoryChat, nats } from './target.js';

const subscribers = 200;
/** One load alone, in less than two minutes: npm run bench -- fan-out 500. */
const only = process.argv[2] ?? '';

/** Messages a second; `undefined`: as many as the server takes. */
const loads = [
  { name: '100/s', rate: 100, bar: 2.0, seconds: 3, rounds: 5 },
  { name: '500/s', rate: 500, bar: 1.8, seconds: 2, rounds: 5 },
  { name: 'full speed', rate: undefined, bar: 1.2, seconds: 2, rounds: 3 },
] as const;

/** What one of our servers costs, and its peer at the same rate. */
type Pair = { readonly ours: Cost; readonly peer: Cost };

for (const { name, rate, bar, seconds, rounds } of loads.filter((load) => load.name.startsWith(only))) {
  const pairs: Record<'embedded' | 'memory', Pair[]> = { embedded: [], memory: [] };
  const fastestPeers: Cost[] = [];
  // In turn, so that a busy moment of the machine meets all of them.
  for (let round = 0; round < rounds; round++) {
    const shared = rate === undefined ? undefined : await costOf(nats, { subscribers, rate, seconds });
    for (const candidate of [embeddedChat, memoryChat]) {
      const ours = await costOf(candidate, { subscribers, rate, seconds });
      const peer = shared ?? (await costOf(nats, { subscribers, rate: ours.rate, seconds }));
      pairs[candidate === memoryChat ? 'memory' : 'embedded'].push({ ours, peer });
    }
    if (rate === undefined) fastestPeers.push(await costOf(nats, { subscribers, rate, seconds }));
  }
  for (const kind of ['embedded', 'memory'] as const) {
    const ratios = pairs[kind].map(({ ours, peer }) => ours.perDelivery / peer.perDelivery);
    const ours = medianCost(pairs[kind].map((pair) => pair.ours));
    const peer = medianCost(pairs[kind].map((pair) => pair.peer));
    const fastest = fastestPeers.length > 0 ? `, by itself ${described(medianCost(fastestPeers))}` : '';
    report({
      what: `fan-out at ${name}, CPU a delivery, ${kind}`,
      value: quantile(ratios, 0.5),
      unit: '× nats',
      ...(kind === 'embedded' && { bar: { most: bar } }),
      details: `${rangeOf(ratios)}; ${described(ours)}; nats ${described(peer)}${fastest}`,
    });
  }
}

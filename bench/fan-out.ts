/**
 * The CPU time of the server for each delivery of a text of 60 bytes to 200 subscribers on 200 connections, compared to
 * nats-server at the same rate in the same run. nats-server stores and encodes nothing and is compiled, so it is close
 * to what any broadcaster can reach. At full speed it gets the rate that our server has just reached; its own full speed
 * is in the details.
 */
import { costOf, described, medianCost, type Cost } from './delivery-cost.js';
import { quantile, rangeOf } from './median.js';
import { report } from './row.js';
import { embeddedChat, memoryChat, nats } from './target.js';

const subscribers = 200;
/** Selects one load, which takes less than two minutes: npm run bench -- fan-out 500. */
const only = process.argv[2] ?? '';

/** `rate`: messages a second; `undefined`: full speed. */
const loads = [
  { name: '100/s', rate: 100, max: 2.0, seconds: 3, rounds: 5 },
  { name: '500/s', rate: 500, max: 1.8, seconds: 2, rounds: 5 },
  { name: 'full speed', rate: undefined, max: 1.2, seconds: 2, rounds: 3 },
] as const;

/** The costs of our server and of the peer at the same rate. */
type Pair = { readonly ours: Cost; readonly peer: Cost };

for (const { name, rate, max, seconds, rounds } of loads.filter((load) => load.name.startsWith(only))) {
  const pairs: Record<'embedded' | 'memory', Pair[]> = { embedded: [], memory: [] };
  const fastestPeers: Cost[] = [];
  // Alternating, so that a slow moment of the machine affects all of them.
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
    const ratios = pairs[kind].map(({ ours, peer }) => ours.microsPerDelivery / peer.microsPerDelivery);
    const ours = medianCost(pairs[kind].map((pair) => pair.ours));
    const peer = medianCost(pairs[kind].map((pair) => pair.peer));
    const fastest =
      fastestPeers.length > 0 ? `, at its own speed ${described(medianCost(fastestPeers))}` : '';
    report({
      what: `fan-out at ${name}, CPU per delivery, ${kind}`,
      value: quantile(ratios, 0.5),
      unit: '× nats',
      ...(kind === 'embedded' && { limit: { max } }),
      details: `${rangeOf(ratios)}; ${described(ours)}; nats ${described(peer)}${fastest}`,
    });
  }
}

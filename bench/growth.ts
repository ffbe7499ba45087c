/**
 * How the cost of a delivery grows with subscribers, rate and message size, in steps around the usual load: 200
 * subscribers, 100 messages a second, 60 bytes. Beside each, nats-server under the same load in the same run.
 */
import { costOf, described, medianCost, type Cost } from './delivery-cost.js';
import { quantile, rangeOf } from './median.js';
import { usualLength } from './publish.js';
import { report } from './row.js';
import { nats, startChat, type Candidate } from './target.js';

const seconds = 2;
const rounds = 2;
/** One of the three alone: npm run bench -- growth size. */
const only = process.argv[2] ?? '';

const usual = { subscribers: 200, rate: 100, length: usualLength, seconds };
const steps = [
  ...[50, 200, 800].map((subscribers) => ({ grows: 'subscribers', ...usual, subscribers })),
  ...[500, 2000].map((rate) => ({ grows: 'rate', ...usual, rate })),
  // Fewer of the large ones, so that the readers are not what is measured.
  ...[1000, 16_000].map((length) => ({ grows: 'size', ...usual, length })),
  { grows: 'size', ...usual, rate: 4, length: 300_000 },
].filter(({ grows }) => grows.startsWith(only));

/** Texts of the size of an image are let in: what is in them costs the server little. */
const chat: Candidate = { name: 'embedded', start: () => startChat(['--max-text', '400000']) };

for (const load of steps) {
  const [ours, peers]: [Cost[], Cost[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    peers.push(await costOf(nats, load));
    ours.push(await costOf(chat, load));
  }
  const ratios = ours.map(({ perDelivery }, round) => perDelivery / (peers[round]?.perDelivery ?? NaN));
  const { subscribers, rate, length } = load;
  report({
    what: `${subscribers} subscribers, ${rate}/s of ${length} bytes`,
    value: medianCost(ours).perDelivery,
    unit: 'µs',
    details: `a delivery; ${quantile(ratios, 0.5).toFixed(2)} × nats (${rangeOf(ratios)}): ${described(medianCost(peers))}`,
  });
}

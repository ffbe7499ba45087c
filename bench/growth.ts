/**
 * How the cost of a delivery grows with subscribers, rate and message size, in steps from a base load of 200
 * subscribers, 100 messages a second and 60 bytes, compared to nats-server under the same load in the same run.
 */
import { costOf, described, medianCost, type Cost } from './delivery-cost.js';
import { quantile, rangeOf } from './median.js';
import { defaultTextBytes } from './publish.js';
import { report } from './row.js';
import { nats, startChat, type Candidate } from './target.js';

const seconds = 2;
const rounds = 2;
/** Selects one of the three: npm run bench -- growth size. */
const only = process.argv[2] ?? '';

const base = { subscribers: 200, rate: 100, textBytes: defaultTextBytes, seconds };
const steps = [
  ...[50, 200, 800].map((subscribers) => ({ grows: 'subscribers', ...base, subscribers })),
  ...[500, 2000].map((rate) => ({ grows: 'rate', ...base, rate })),
  // Fewer large messages, so that the readers are not the bottleneck.
  ...[1000, 16_000].map((textBytes) => ({ grows: 'size', ...base, textBytes })),
  { grows: 'size', ...base, rate: 4, textBytes: 300_000 },
].filter(({ grows }) => grows.startsWith(only));

/** Accepts texts of the size of an image; their content costs the server little. */
const chat: Candidate = { name: 'embedded', start: () => startChat(['--max-text', '400000']) };

for (const load of steps) {
  const [ours, peers]: [Cost[], Cost[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    peers.push(await costOf(nats, load));
    ours.push(await costOf(chat, load));
  }
  const ratios = ours.map(
    ({ microsPerDelivery }, round) => microsPerDelivery / (peers[round]?.microsPerDelivery ?? NaN),
  );
  const { subscribers, rate, textBytes } = load;
  report({
    what: `${subscribers} subscribers, ${rate}/s of ${textBytes} bytes`,
    value: medianCost(ours).microsPerDelivery,
    unit: 'µs',
    details: `per delivery; ${quantile(ratios, 0.5).toFixed(2)} × nats (${rangeOf(ratios)}): ${described(medianCost(peers))}`,
  });
}

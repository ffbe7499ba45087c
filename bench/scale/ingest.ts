/**
 * How many messages a second a server stores with 64 in flight, each answered only when it is durable: in the embedded
 * log, in one NATS server, and in three of them with three replicas. There are no readers. The stores alternate in one
 * run, since the speed of the machine varies; all NATS servers share its cores with the server and the senders.
 */
import { inFlight, described, ingestRateOf, type IngestRate } from '../ingest-rate.js';
import { quantile, rangeOf } from '../median.js';
import { report } from '../row.js';
import { embeddedChat, startChat } from '../target.js';
import { startJetStream } from './jetstream.js';

const rounds = 3;

async function measureOver(size: number): Promise<IngestRate> {
  const nats = await startJetStream(size);
  const start = () => startChat(['--store', nats.url]);
  const rate = await ingestRateOf({ name: 'over NATS', start }, nats.pids);
  await nats.stop();
  return rate;
}

const embedded: IngestRate[] = [];
const shared = new Map<number, IngestRate[]>([
  [1, []],
  [3, []],
]);
for (let round = 0; round < rounds; round++) {
  embedded.push(await ingestRateOf(embeddedChat));
  for (const [size, rates] of shared) rates.push(await measureOver(size));
}
for (const [size, rates] of shared) {
  const ratios = rates.map(({ perSecond }, round) => perSecond / (embedded[round]?.perSecond ?? NaN));
  report({
    what: `ingest over ${size === 1 ? 'one NATS' : `${size} NATS, ${size} replicas`}, ${inFlight} in flight`,
    value: quantile(ratios, 0.5),
    unit: '× embedded',
    details: `${rangeOf(ratios)}; ${described(rates)}; embedded ${described(embedded)}`,
  });
}

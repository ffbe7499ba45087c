/**
 * How many messages a second the server stores with 64 in flight, each answered only when it is on the disk, compared to
 * `--store memory` in the same run. There are no readers, so only receiving and storing is measured.
 */
import { inFlight, described, ingestRateOf, type IngestRate } from './ingest-rate.js';
import { quantile, rangeOf } from './median.js';
import { report } from './row.js';
import { embeddedChat, memoryChat } from './target.js';

const rounds = 9;

const [memory, embedded]: [IngestRate[], IngestRate[]] = [[], []];
const ratios: number[] = [];
for (let round = 0; round < rounds; round++) {
  // The first one alternates, since the speed of the machine varies.
  const first = round % 2 === 0 ? memoryChat : embeddedChat;
  const one = await ingestRateOf(first);
  const other = await ingestRateOf(first === memoryChat ? embeddedChat : memoryChat);
  const [without, withDisk] = first === memoryChat ? [one, other] : [other, one];
  memory.push(without);
  embedded.push(withDisk);
  ratios.push(withDisk.perSecond / without.perSecond);
}
report({
  what: `durable ingest, ${inFlight} in flight`,
  value: quantile(ratios, 0.5),
  unit: '× memory',
  limit: { min: 0.7 },
  details: `${rangeOf(ratios)}; ${described(embedded)}; memory ${described(memory)}`,
});

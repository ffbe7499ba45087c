/**
 * How many messages a second are taken with 64 under way, each answered only when it is on the disk, beside the same
 * server without a disk in the same run. Nobody reads, so it is the way in that is measured.
 */
import { atOnce, described, ingestRateOf, type IngestRate } from './ingest-rate.js';
import { quantile, rangeOf } from './median.js';
import { report } from './row.js';
import { embeddedChat, memoryChat } from './target.js';

const rounds = 9;

const [memory, embedded]: [IngestRate[], IngestRate[]] = [[], []];
const ratios: number[] = [];
for (let round = 0; round < rounds; round++) {
  // Each beside the other, and who is first changes: the machine is faster at one moment than at another.
  const first = round % 2 === 0 ? memoryChat : embeddedChat;
  const one = await ingestRateOf(first);
  const other = await ingestRateOf(first === memoryChat ? embeddedChat : memoryChat);
  const [without, withDisk] = first === memoryChat ? [one, other] : [other, one];
  memory.push(without);
  embedded.push(withDisk);
  ratios.push(withDisk.perSecond / without.perSecond);
}
report({
  what: `durable ingest, ${atOnce} under way`,
  value: quantile(ratios, 0.5),
  unit: '× memory',
  bar: { least: 0.7 },
  details: `${rangeOf(ratios)}; ${described(embedded)}; memory ${described(memory)}`,
});

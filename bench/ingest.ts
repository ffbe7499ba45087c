/**
 * How many messages a second are taken with 64 under way, each answered only when it is on the disk, beside the same
 * server without a disk in the same run. Nobody reads, so it is the way in that is measured.
 */
import { quantile, rangeOf } from './median.js';
import { connectPublishers } from './publish.js';
import { report } from './row.js';
import { cpuTime, embeddedChat, memoryChat, type Candidate } from './target.js';

const atOnce = 64;
/** Long enough for the server's code to be compiled. */
const warmUp = 2;
const seconds = 2;
const rounds = 9;

type Taken = { readonly perSecond: number; readonly cpu: number };

async function measure(candidate: Candidate): Promise<Taken> {
  const target = await candidate.start();
  const publishers = await connectPublishers(target, atOnce);
  await publishers.atFullSpeed(atOnce, warmUp);
  const cpuBefore = cpuTime(target.pid);
  const count = await publishers.atFullSpeed(atOnce, seconds);
  const taken = { perSecond: count / seconds, cpu: (cpuTime(target.pid) - cpuBefore) / count };
  publishers.close();
  await target.stop();
  return taken;
}

const [memory, embedded]: [Taken[], Taken[]] = [[], []];
const ratios: number[] = [];
for (let round = 0; round < rounds; round++) {
  // Each beside the other, and who is first changes: the machine is faster at one moment than at another.
  const first = round % 2 === 0 ? memoryChat : embeddedChat;
  const one = await measure(first);
  const other = await measure(first === memoryChat ? embeddedChat : memoryChat);
  const [without, withDisk] = first === memoryChat ? [one, other] : [other, one];
  memory.push(without);
  embedded.push(withDisk);
  ratios.push(withDisk.perSecond / without.perSecond);
}
const [base, ours] = [median(memory), median(embedded)];
report({
  what: `durable ingest, ${atOnce} under way`,
  value: quantile(ratios, 0.5),
  unit: '× memory',
  bar: { least: 0.7 },
  details: `${rangeOf(ratios)}; ${described(ours)}; memory ${described(base)}`,
});

function median(sample: readonly Taken[]): Taken {
  return {
    perSecond: quantile(
      sample.map(({ perSecond }) => perSecond),
      0.5,
    ),
    cpu: quantile(
      sample.map(({ cpu }) => cpu),
      0.5,
    ),
  };
}

function described({ perSecond, cpu }: Taken): string {
  return `${perSecond.toFixed(0)}/s, ${cpu.toFixed(0)} µs of CPU each`;
}

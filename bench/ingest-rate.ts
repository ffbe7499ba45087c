import { medianOf } from './median.js';
import { connectPublishers } from './publish.js';
import { cpuTime, type Candidate } from './target.js';

/** Under way at once. */
export const atOnce = 64;
/** Long enough for the server's code to be compiled, in seconds. */
const warmUp = 2;
const seconds = 2;

/** How many messages a second a server takes, and the microseconds of processor time that one costs it, and its store. */
export type IngestRate = { readonly perSecond: number; readonly cpu: number; readonly storeCpu: number };

/** Starts a server and sends as fast as it answers; nobody reads. `store`: the processes that keep its messages. */
export async function ingestRateOf(candidate: Candidate, store: readonly number[] = []): Promise<IngestRate> {
  const target = await candidate.start();
  const publishers = await connectPublishers(target, atOnce);
  const storeTime = (): number => store.reduce((sum, pid) => sum + cpuTime(pid), 0);
  await publishers.atFullSpeed(atOnce, warmUp);
  const before = { server: cpuTime(target.pid), store: storeTime() };
  const count = await publishers.atFullSpeed(atOnce, seconds);
  const rate = {
    perSecond: count / seconds,
    cpu: (cpuTime(target.pid) - before.server) / count,
    storeCpu: (storeTime() - before.store) / count,
  };
  publishers.close();
  await target.stop();
  return rate;
}

/** The medians of a sample in words. */
export function described(sample: readonly IngestRate[]): string {
  const perSecond = medianOf(sample, (rate) => rate.perSecond).toFixed(0);
  const storeCpu = medianOf(sample, (rate) => rate.storeCpu);
  const store = storeCpu > 0 ? ` and ${storeCpu.toFixed(0)} of the store` : '';
  return `${perSecond}/s, ${medianOf(sample, ({ cpu }) => cpu).toFixed(0)} µs of the server${store} each`;
}

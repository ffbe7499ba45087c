import { medianOf } from './median.js';
import { connectPublishers } from './publish.js';
import { cpuMicros, type Candidate } from './target.js';

/** Messages in flight. */
export const inFlight = 64;
/** Long enough for the server's code to be compiled. */
const warmUpSeconds = 5;
const seconds = 2;

/** The messages a second that a server stores, and the CPU time of each in microseconds in the server and its store. */
export type IngestRate = { readonly perSecond: number; readonly cpu: number; readonly storeCpu: number };

/** Starts a server and sends as fast as it answers, without readers. `store`: the processes of an external store. */
export async function ingestRateOf(candidate: Candidate, store: readonly number[] = []): Promise<IngestRate> {
  const target = await candidate.start();
  const publishers = await connectPublishers(target, inFlight);
  const storeTime = (): number => store.reduce((sum, pid) => sum + cpuMicros(pid), 0);
  await publishers.atFullSpeed(inFlight, warmUpSeconds);
  const before = { server: cpuMicros(target.pid), store: storeTime() };
  const count = await publishers.atFullSpeed(inFlight, seconds);
  const rate = {
    perSecond: count / seconds,
    cpu: (cpuMicros(target.pid) - before.server) / count,
    storeCpu: (storeTime() - before.store) / count,
  };
  publishers.close();
  await target.stop();
  return rate;
}

export function described(sample: readonly IngestRate[]): string {
  const perSecond = medianOf(sample, (rate) => rate.perSecond).toFixed(0);
  const storeCpu = medianOf(sample, (rate) => rate.storeCpu);
  const store = storeCpu > 0 ? ` and ${storeCpu.toFixed(0)} of the store` : '';
  return `${perSecond}/s, ${medianOf(sample, ({ cpu }) => cpu).toFixed(0)} µs of the server${store} each`;
}

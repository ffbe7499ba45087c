/**
 * How much a second server adds to the fan-out if the servers are the bottleneck: each is throttled to a quarter of a
 * core, which leaves most of the machine to NATS, senders and subscribers. One server with all subscribers and two with
 * half of them each alternate in the same run at full speed. The ideal is twice the deliveries a second.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { watchProcess } from '../child.js';
import { gather } from '../crowd.js';
import { medianOf, quantile, rangeOf } from '../median.js';
import { connectPublishers } from '../publish.js';
import { report } from '../row.js';
import { cpuMicros, startChat, type Target } from '../target.js';
import { startJetStream } from './jetstream.js';

const subscribers = 400;
/** The share of a core that each server may use. */
const share = 0.25;
/** Messages in flight, over all servers. */
const inFlight = 64;
const warmUpSeconds = 2;
const seconds = 4;
const rounds = 3;

/** Deliveries a second; the share of a core that each server used; CPU time per delivery over all servers. */
type Reading = { readonly perSecond: number; readonly cores: readonly number[]; readonly cpuMicros: number };

const nats = await startJetStream();
const servers: Target[] = [];
while (servers.length < 2) servers.push(await startChat(['--store', nats.url, '--history', '0']));
const single: Reading[] = [];
const double: Reading[] = [];
// Warms up, so that the code is compiled before the first reading.
await measure(servers);
for (let round = 0; round < rounds; round++) {
  single.push(await measure(servers.slice(0, 1)));
  double.push(await measure(servers));
}
const ratios = double.map(({ perSecond }, round) => perSecond / (single[round]?.perSecond ?? NaN));
report({
  what: `${subscribers} subscribers, ${share} of a core each: two servers to one`,
  value: quantile(ratios, 0.5),
  unit: '× deliveries',
  details: `${rangeOf(ratios)}; ${described(double)}; one: ${described(single)}`,
});
await Promise.all(servers.map((server) => server.stop()));
await nats.stop();

async function measure(used: readonly Target[]): Promise<Reading> {
  const size = subscribers / used.length;
  const crowds = await Promise.all(used.map((server) => gather(server, { size })));
  const publishers = await Promise.all(
    used.map((server) => connectPublishers(server, inFlight / used.length)),
  );
  const release = await throttle(used);
  const loadFor = (time: number): Promise<number[]> =>
    Promise.all(publishers.map((each) => each.atFullSpeed(inFlight / used.length, time)));
  const received = async (): Promise<number> => {
    const counts = await Promise.all(crowds.map((crowd) => crowd.received()));
    return counts.reduce((sum, count) => sum + count, 0);
  };
  await loadFor(warmUpSeconds);
  const start = {
    time: performance.now(),
    cpu: used.map(({ pid }) => cpuMicros(pid)),
    received: await received(),
  };
  await loadFor(seconds);
  const [time, deliveries] = [performance.now() - start.time, (await received()) - start.received];
  const cpu = used.map(({ pid }, index) => cpuMicros(pid) - (start.cpu[index] ?? NaN));
  await release();
  for (const each of publishers) each.close();
  await Promise.all(crowds.map((crowd) => crowd.leave()));
  return {
    perSecond: (deliveries / time) * 1000,
    cores: cpu.map((each) => each / 1000 / time),
    cpuMicros: cpu.reduce((sum, each) => sum + each, 0) / deliveries,
  };
}

/** Throttles servers to their share until the returned function is called. */
async function throttle(used: readonly Target[]): Promise<() => Promise<void>> {
  const args = [share, ...used.map(({ pid }) => pid)].map(String);
  const throttler = fork(join(import.meta.dirname, 'throttle-cpu.ts'), args, {
    execArgv: ['--import', 'tsx'],
  });
  const watched = watchProcess('the CPU throttle', throttler);
  await once(throttler, 'message');
  return async () => {
    watched.release();
    const exited = once(throttler, 'exit');
    throttler.disconnect();
    await exited;
  };
}

function described(sample: readonly Reading[]): string {
  const cores = (sample[0]?.cores ?? []).map((_, index) =>
    medianOf(sample, (reading) => reading.cores[index] ?? NaN).toFixed(2),
  );
  const perSecond = medianOf(sample, (reading) => reading.perSecond).toFixed(0);
  return `${perSecond}/s with ${cores.join(' and ')} of a core, ${medianOf(sample, (reading) => reading.cpuMicros).toFixed(2)} µs per delivery`;
}

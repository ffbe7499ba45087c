/**
 * How many messages a second a server takes with 64 under way, each answered only when it is kept: in the embedded log,
 * in one NATS, and in three of them with three replicas. Nobody reads. In turn in the same run, since the machine is
 * faster at one moment than at another; all NATS servers share its cores with server and senders.
 */
import { quantile, rangeOf } from '../median.js';
import { connectPublishers } from '../publish.js';
import { report } from '../row.js';
import { cpuTime, startChat } from '../target.js';
import { startJetStream, type JetStream } from './jetstream.js';

const atOnce = 64;
/** Long enough for the server's code to be compiled. */
const warmUp = 2;
const seconds = 2;
const rounds = 3;

/** Messages a second, and microseconds of the server's and of all NATS servers' processor time a message. */
type Taken = { readonly perSecond: number; readonly cpu: number; readonly nats: number };

async function measure(nats?: JetStream): Promise<Taken> {
  const target = await startChat(nats ? ['--store', nats.url] : []);
  const publishers = await connectPublishers(target, atOnce);
  const natsTime = (): number => (nats?.pids ?? []).reduce((sum, pid) => sum + cpuTime(pid), 0);
  await publishers.atFullSpeed(atOnce, warmUp);
  const before = { server: cpuTime(target.pid), nats: natsTime() };
  const count = await publishers.atFullSpeed(atOnce, seconds);
  const taken = {
    perSecond: count / seconds,
    cpu: (cpuTime(target.pid) - before.server) / count,
    nats: (natsTime() - before.nats) / count,
  };
  publishers.close();
  await target.stop();
  return taken;
}

async function measureOver(size: number): Promise<Taken> {
  const nats = await startJetStream(size);
  const taken = await measure(nats);
  await nats.stop();
  return taken;
}

const embedded: Taken[] = [];
const shared = new Map<number, Taken[]>([
  [1, []],
  [3, []],
]);
for (let round = 0; round < rounds; round++) {
  embedded.push(await measure());
  for (const [size, taken] of shared) taken.push(await measureOver(size));
}
for (const [size, taken] of shared) {
  const ratios = taken.map(({ perSecond }, round) => perSecond / (embedded[round]?.perSecond ?? NaN));
  report({
    what: `ingest over ${size === 1 ? 'one NATS' : `${size} NATS, ${size} replicas`}, ${atOnce} under way`,
    value: quantile(ratios, 0.5),
    unit: '× embedded',
    details: `${rangeOf(ratios)}; ${described(taken)}; embedded ${described(embedded)}`,
  });
}

function described(sample: readonly Taken[]): string {
  const middle = (field: keyof Taken): string =>
    quantile(
      sample.map((taken) => taken[field]),
      0.5,
    ).toFixed(0);
  return `${middle('perSecond')}/s, ${middle('cpu')} µs of the server and ${middle('nats')} of NATS each`;
}

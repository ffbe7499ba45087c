/**
 * The sizing model of docs/scale.md against two real servers. Three readings on one server of an almost empty room give
 * the costs; the model predicts from them what two servers with subscribers and senders on both need; then that is
 * measured. In the end all go as fast as they can, once over one server and once over two.
 *
 * Two cores: the servers have one each where `taskset` can give it, and share them with NATS, senders and subscribers. So
 * what counts is processor time for each delivery, not how many there are in a second.
 */
import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { performance } from 'node:perf_hooks';
import { gather, type Crowd } from '../crowd.js';
import { connectPublishers, type Publishers } from '../publish.js';
import { report } from '../row.js';
import { cpuTime, startChat, type Target } from '../target.js';
import { startJetStream, type Traffic } from './jetstream.js';
import { predict, type Costs, type Load } from './model.js';

const subscribers = 200;
const rate = 200;
const seconds = 5;
const warmUp = 2;
/** Under way at once at full speed, over all servers. */
const atOnce = 256;

const nats = await startJetStream();
const serve = (): Promise<Target> => startChat(['--store', nats.url, '--history', '0']);
const [one, two] = [await serve(), await serve()];
pin(one, 0);
pin(two, 1);

/** Where subscribers and senders are, and what each server then spends on a message. */
type Placed = { readonly subscribers: readonly [number, number]; readonly senders: readonly Target[] };
type Reading = {
  readonly messages: number;
  readonly seconds: number;
  /** Microseconds of the first and of the second server. */
  readonly cpu: readonly [number, number];
  readonly traffic: Traffic;
};

const both: Placed = { subscribers: [subscribers / 2, subscribers / 2], senders: [one, two] };
const empty = { subscribers: [0, 0], senders: [two] } as const;
// Code that has run for a while is compiled: the first reading would pay for that.
await measure(both, atFullSpeed);
const following = await measure(empty, evenly);
const sending = await measure({ ...empty, senders: [one] }, evenly);
const delivering = await measure({ subscribers: [subscribers, 0], senders: [two] }, evenly);
const costs: Costs = {
  following: perMessage(following)[0],
  sending: perMessage(sending)[0] - perMessage(following)[0],
  delivery: (perMessage(delivering)[0] - perMessage(following)[0]) / subscribers,
  toNats: following.traffic.received / following.messages,
  // Both servers get it.
  fromNats: following.traffic.sent / following.messages / 2,
  stored: following.traffic.stored / following.messages,
};
tell('a server learns of a message of another one', costs.following, 'µs');
tell('a server takes a message from a sender', costs.sending, 'µs');
tell(`a delivery, ${subscribers} subscribers, ${rate}/s`, costs.delivery, 'µs');
tell('a text of 60 bytes on its way to NATS', costs.toNats, 'bytes');
tell('the same on its way to one server', costs.fromNats, 'bytes');
tell('the same on the disk of a replica', costs.stored, 'bytes');

const load: Load = { rate, subscribers, servers: 2 };
const expected = predict(load, costs);
const found = await measure(both, evenly);
const core = (found.cpu[0] + found.cpu[1]) / 2 / (found.seconds * 1e6);
const actual = { ...load, rate: found.messages / found.seconds };
compare('a core of each of two servers', expected.core * 100, core * 100, '%');
compare(
  'bytes a second to NATS',
  predict(actual, costs).toNats,
  found.traffic.received / found.seconds,
  'B/s',
);
compare(
  'bytes a second from NATS',
  predict(actual, costs).fromNats,
  found.traffic.sent / found.seconds,
  'B/s',
);
compare('bytes a second on disk', predict(actual, costs).stored, found.traffic.stored / found.seconds, 'B/s');

const alone = await measure({ subscribers: [subscribers, 0], senders: [one] }, atFullSpeed);
const shared = await measure(both, atFullSpeed);
const cost = ({ cpu, messages }: Reading, servers: number): number =>
  (servers === 1 ? cpu[0] : cpu[0] + cpu[1]) / (messages * subscribers);
const speed = ({ messages, seconds: time }: Reading): number => (messages * subscribers) / time;
report({
  what: 'full speed: processor time a delivery, two servers to one',
  value: cost(shared, 2) / cost(alone, 1),
  unit: '×',
  details: `${cost(shared, 2).toFixed(2)} µs and ${cost(alone, 1).toFixed(2)} µs: 1.00 is twice the deliveries with twice the cores`,
});
report({
  what: 'full speed: deliveries a second, two servers to one',
  value: speed(shared) / speed(alone),
  unit: '×',
  details: `${speed(shared).toFixed(0)}/s and ${speed(alone).toFixed(0)}/s, with senders, subscribers and NATS on the same ${availableParallelism()} cores`,
});
await Promise.all([one.stop(), two.stop()]);
await nats.stop();

async function measure(
  { subscribers: [here, there], senders }: Placed,
  send: (publishers: Publishers, share: number, time: number) => Promise<number>,
): Promise<Reading> {
  const crowds: Crowd[] = [];
  if (here > 0) crowds.push(await gather(one, { size: here }));
  if (there > 0) crowds.push(await gather(two, { size: there }));
  const publishers = await Promise.all(
    senders.map((sender) => connectPublishers(sender, atOnce / senders.length)),
  );
  const loadFor = async (time: number): Promise<number> => {
    const counts = await Promise.all(publishers.map((each) => send(each, 1 / senders.length, time)));
    return counts.reduce((sum, count) => sum + count, 0);
  };
  const before = await Promise.all(crowds.map((crowd) => crowd.received()));
  let sent = 0;
  const arrived = async (): Promise<void> => {
    const sizes = [here, there].filter((size) => size > 0);
    await Promise.all(
      crowds.map((crowd, index) => crowd.untilReceived((before[index] ?? 0) + sent * (sizes[index] ?? 0))),
    );
  };
  sent += await loadFor(warmUp);
  await arrived();
  const start = { time: performance.now(), cpu: cpuOfBoth(), traffic: await nats.traffic() };
  const messages = await loadFor(seconds);
  sent += messages;
  await arrived();
  const [end, traffic] = [performance.now(), await nats.traffic()];
  const cpu = cpuOfBoth();
  await Promise.all(crowds.map((crowd) => crowd.leave()));
  return {
    messages,
    seconds: (end - start.time) / 1000,
    cpu: [cpu[0] - start.cpu[0], cpu[1] - start.cpu[1]],
    traffic: {
      received: traffic.received - start.traffic.received,
      sent: traffic.sent - start.traffic.sent,
      stored: traffic.stored - start.traffic.stored,
    },
  };
}

function evenly(publishers: Publishers, share: number, time: number): Promise<number> {
  return publishers.evenly(rate * share, time);
}

function atFullSpeed(publishers: Publishers, share: number, time: number): Promise<number> {
  return publishers.atFullSpeed(atOnce * share, time);
}

function cpuOfBoth(): [number, number] {
  return [cpuTime(one.pid), cpuTime(two.pid)];
}

function perMessage({ cpu: [first, second], messages }: Reading): [number, number] {
  return [first / messages, second / messages];
}

function tell(what: string, value: number, unit: string): void {
  report({ what, value, unit });
}

function compare(what: string, predicted: number, measured: number, unit: string): void {
  report({
    what: `the model is off by: ${what}`,
    value: Math.abs(predicted / measured - 1) * 100,
    unit: '%',
    bar: { most: 20 },
    details: `${predicted.toFixed(1)} predicted, ${measured.toFixed(1)} measured, ${unit}`,
  });
}

/** Gives a server a core, where this system can. */
function pin({ pid }: Target, core: number): void {
  try {
    execFileSync('taskset', ['--all-tasks', '--cpu-list', '--pid', String(core), String(pid)], {
      stdio: 'ignore',
    });
  } catch (cause) {
    console.error(new Error(`without a core of its own: server ${core + 1}`, { cause }));
  }
}

/**
 * Compares the sizing model of docs/scale.md with two real servers. Three readings with few subscribers give the costs,
 * from which the model predicts the needs of two servers with subscribers and senders on both; these are then measured.
 * Finally the load runs at full speed, over one server and over two.
 *
 * On two cores each server has a core of its own, if `taskset` can assign it, but shares it with NATS, senders and
 * subscribers. So the CPU time per delivery is relevant, not the number of deliveries a second.
 */
import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { performance } from 'node:perf_hooks';
import { gather, type Crowd } from '../crowd.js';
import { connectPublishers, type Publishers } from '../publish.js';
import { report } from '../row.js';
import { cpuMicros, startChat, type Target } from '../target.js';
import { startJetStream, type Traffic } from './jetstream.js';
import { predict, type Costs, type Load } from './model.js';

const subscribers = 200;
const rate = 200;
const seconds = 5;
const warmUpSeconds = 2;
/** Messages in flight at full speed, over all servers. */
const inFlight = 256;

const nats = await startJetStream();
const serve = (): Promise<Target> => startChat(['--store', nats.url, '--history', '0']);
const [one, two] = [await serve(), await serve()];
pin(one, 0);
pin(two, 1);

/** The number of subscribers on each server, and the servers to which messages are sent. */
type Placement = { readonly subscribers: readonly [number, number]; readonly senders: readonly Target[] };
type Reading = {
  readonly messages: number;
  readonly seconds: number;
  /** Microseconds of the first and of the second server. */
  readonly cpu: readonly [number, number];
  readonly traffic: Traffic;
};

const both: Placement = { subscribers: [subscribers / 2, subscribers / 2], senders: [one, two] };
const empty = { subscribers: [0, 0], senders: [two] } as const;
// Warms up, so that the code is compiled before the first reading.
await measure(both, atFullSpeed);
const following = await measure(empty, evenly);
const sending = await measure({ ...empty, senders: [one] }, evenly);
const delivering = await measure({ subscribers: [subscribers, 0], senders: [two] }, evenly);
const costs: Costs = {
  following: perMessage(following)[0],
  sending: perMessage(sending)[0] - perMessage(following)[0],
  delivery: (perMessage(delivering)[0] - perMessage(following)[0]) / subscribers,
  toNats: following.traffic.received / following.messages,
  // To two servers.
  fromNats: following.traffic.sent / following.messages / 2,
  stored: following.traffic.stored / following.messages,
};
reportFigure('receiving a message of another server', costs.following, 'µs');
reportFigure('receiving a message from a sender', costs.sending, 'µs');
reportFigure(`delivery, ${subscribers} subscribers, ${rate}/s`, costs.delivery, 'µs');
reportFigure('text of 60 bytes, to NATS', costs.toNats, 'bytes');
reportFigure('the same, from NATS to one server', costs.fromNats, 'bytes');
reportFigure('the same, on the disk of a replica', costs.stored, 'bytes');

const load: Load = { rate, subscribers, servers: 2 };
const expected = predict(load, costs);
const found = await measure(both, evenly);
const core = (found.cpu[0] + found.cpu[1]) / 2 / (found.seconds * 1e6);
const actual = { ...load, rate: found.messages / found.seconds };
compare('core share of each of two servers', expected.core * 100, core * 100, '%');
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
  what: 'full speed: CPU time per delivery, two servers to one',
  value: cost(shared, 2) / cost(alone, 1),
  unit: '×',
  details: `${cost(shared, 2).toFixed(2)} µs and ${cost(alone, 1).toFixed(2)} µs: at 1.00 twice the cores give twice the deliveries`,
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
  { subscribers: [here, there], senders }: Placement,
  send: (publishers: Publishers, share: number, time: number) => Promise<number>,
): Promise<Reading> {
  const crowds: Crowd[] = [];
  if (here > 0) crowds.push(await gather(one, { size: here }));
  if (there > 0) crowds.push(await gather(two, { size: there }));
  const publishers = await Promise.all(
    senders.map((sender) => connectPublishers(sender, inFlight / senders.length)),
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
  sent += await loadFor(warmUpSeconds);
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
  return publishers.atFullSpeed(inFlight * share, time);
}

function cpuOfBoth(): [number, number] {
  return [cpuMicros(one.pid), cpuMicros(two.pid)];
}

function perMessage({ cpu: [first, second], messages }: Reading): [number, number] {
  return [first / messages, second / messages];
}

function reportFigure(what: string, value: number, unit: string): void {
  report({ what, value, unit });
}

function compare(what: string, predicted: number, measured: number, unit: string): void {
  report({
    what: `error of the model: ${what}`,
    value: Math.abs(predicted / measured - 1) * 100,
    unit: '%',
    limit: { max: 20 },
    details: `${predicted.toFixed(1)} predicted, ${measured.toFixed(1)} measured, ${unit}`,
  });
}

/** Assigns a core to a server, if the system supports it. */
function pin({ pid }: Target, core: number): void {
  try {
    execFileSync('taskset', ['--all-tasks', '--cpu-list', '--pid', String(core), String(pid)], {
      stdio: 'ignore',
    });
  } catch (cause) {
    console.error(new Error(`cannot assign core ${core} to server ${core + 1}`, { cause }));
  }
}

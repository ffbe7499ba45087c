import { gather } from './crowd.js';
import { medianOf } from './median.js';
import { connectPublishers, defaultTextBytes, warmUp } from './publish.js';
import { cpuMicros, type Candidate } from './target.js';

/** The subscribers of a server and the messages that they get. */
export type Load = {
  readonly subscribers: number;
  /** Messages a second; `undefined`: full speed. */
  readonly rate: number | undefined;
  readonly textBytes?: number;
  /** The time measured, after the warm-up. */
  readonly seconds: number;
};

/** The cost of a load for the server. */
export type Cost = {
  /** CPU time of the server for each message and subscriber. */
  readonly microsPerDelivery: number;
  /** Messages a second that the server accepted. */
  readonly rate: number;
};

/** Messages in flight at full speed. */
const inFlight = 256;
/** The load runs for this time before it is measured. */
const settleSeconds = 1;

/** Starts a server with its subscribers, loads it, and returns the cost. */
export async function costOf(candidate: Candidate, load: Load): Promise<Cost> {
  const { subscribers, rate, textBytes = defaultTextBytes, seconds } = load;
  const target = await candidate.start();
  const crowd = await gather(target, { size: subscribers });
  const publishers = await connectPublishers(target, rate === undefined ? inFlight : 1, textBytes);
  const run = (time: number): Promise<number> =>
    rate === undefined ? publishers.atFullSpeed(inFlight, time) : publishers.evenly(rate, time);

  const many = await connectPublishers(target, inFlight);
  let sent = await many.evenly(warmUp.rate, warmUp.seconds);
  await crowd.untilReceived(sent * subscribers);
  many.close();
  sent += await run(settleSeconds);
  await crowd.untilReceived(sent * subscribers);
  const [cpuBefore, start] = [cpuMicros(target.pid), performance.now()];
  const counted = await run(seconds);
  const elapsed = performance.now() - start;
  sent += counted;
  await crowd.untilReceived(sent * subscribers);
  const cost = {
    microsPerDelivery: (cpuMicros(target.pid) - cpuBefore) / (counted * subscribers),
    rate: (counted / elapsed) * 1000,
  };
  publishers.close();
  await crowd.leave();
  await target.stop();
  return cost;
}

export function medianCost(costs: readonly Cost[]): Cost {
  return {
    microsPerDelivery: medianOf(costs, ({ microsPerDelivery }) => microsPerDelivery),
    rate: medianOf(costs, ({ rate }) => rate),
  };
}

export function described({ microsPerDelivery, rate }: Cost): string {
  return `${microsPerDelivery.toFixed(2)} µs at ${rate.toFixed(0)}/s`;
}

import { gather } from './crowd.js';
import { medianOf } from './median.js';
import { connectPublishers, usualLength, warmUp } from './publish.js';
import { cpuTime, type Candidate } from './target.js';

/** What is sent to whom, and how fast. */
export type Load = {
  readonly subscribers: number;
  /** Messages a second; `undefined`: as many as the server takes. */
  readonly rate: number | undefined;
  /** How long each text is, in bytes. */
  readonly length?: number;
  /** How long the load is measured, after the warm-up. */
  readonly seconds: number;
};

/** What a load cost the server. */
export type Cost = {
  /** Processor time of the server's process for each message and subscriber, in microseconds. */
  readonly perDelivery: number;
  /** Messages a second, as they were taken. */
  readonly rate: number;
};

/** Under way at once at full speed. */
const atOnce = 256;
/** How long the load itself comes before it is measured, in seconds. */
const settling = 1;

/** Starts a server with its subscribers, loads it, and tells what that cost. */
export async function costOf(candidate: Candidate, load: Load): Promise<Cost> {
  const { subscribers, rate, length = usualLength, seconds } = load;
  const target = await candidate.start();
  const crowd = await gather(target, { size: subscribers });
  const publishers = await connectPublishers(target, rate === undefined ? atOnce : 1, length);
  const run = (time: number): Promise<number> =>
    rate === undefined ? publishers.atFullSpeed(atOnce, time) : publishers.evenly(rate, time);

  const many = await connectPublishers(target, atOnce);
  let sent = await many.evenly(warmUp.rate, warmUp.seconds);
  await crowd.untilReceived(sent * subscribers);
  many.close();
  sent += await run(settling);
  await crowd.untilReceived(sent * subscribers);
  const [cpuBefore, start] = [cpuTime(target.pid), performance.now()];
  const counted = await run(seconds);
  const elapsed = performance.now() - start;
  sent += counted;
  await crowd.untilReceived(sent * subscribers);
  const cost = {
    perDelivery: (cpuTime(target.pid) - cpuBefore) / (counted * subscribers),
    rate: (counted / elapsed) * 1000,
  };
  publishers.close();
  await crowd.leave();
  await target.stop();
  return cost;
}

/** The median of each figure. */
export function medianCost(costs: readonly Cost[]): Cost {
  return {
    perDelivery: medianOf(costs, ({ perDelivery }) => perDelivery),
    rate: medianOf(costs, ({ rate }) => rate),
  };
}

/** A cost in words. */
export function described({ perDelivery, rate }: Cost): string {
  return `${perDelivery.toFixed(2)} µs at ${rate.toFixed(0)}/s`;
}

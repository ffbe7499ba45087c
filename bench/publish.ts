import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import type { Target } from './target.js';
import { wireOf } from './wire/wire-of.js';
import { stamped, type Publisher } from './wire/wire.js';

/**
 * The load before each measurement, so that Node has compiled the code of a message, as in a server that has run for some
 * minutes. After 2 s of this rate one message in twenty-five began 3 ms late, after 12 s one in fifty.
 */
export const warmUp = { rate: 500, seconds: 10 } as const;

/** The size of a typical chat message. */
export const defaultTextBytes = 60;

/** Publishes texts; resolves with their number when all are answered. */
export type Publishers = {
  one(): Promise<void>;
  /** As `evenly`. */
  evenly(perSecond: number, seconds: number): Promise<number>;
  /** Publishes as fast as the server answers. */
  atFullSpeed(inFlight: number, seconds: number): Promise<number>;
  close(): void;
};

/** Connects as many publishers as are needed for `inFlight` messages. */
export async function connectPublishers(
  target: Target,
  inFlight = 1,
  textBytes = defaultTextBytes,
): Promise<Publishers> {
  const wire = wireOf(target.kind);
  const publishers: Publisher[] = [];
  for (let capacity = 0; capacity < inFlight; capacity += publishers.at(-1)?.inFlight ?? inFlight) {
    publishers.push(await wire.createPublisher(target.port));
  }
  const publish = async (index: number): Promise<void> =>
    publishers[index % publishers.length]?.publish(stamped(textBytes));

  return {
    one: () => publish(0),
    close() {
      for (const publisher of publishers) publisher.close();
    },
    evenly: (perSecond, seconds) => evenly(perSecond, seconds, publish),
    async atFullSpeed(parallel, seconds) {
      const end = performance.now() + seconds * 1000;
      let count = 0;
      await Promise.all(
        Array.from({ length: parallel }, async (_, index) => {
          for (; performance.now() < end; count++) await publish(index);
        }),
      );
      return count;
    },
  };
}

/** Sends at an even rate, in steps of a few milliseconds. Resolves with the number when all are answered. */
export async function evenly(
  perSecond: number,
  seconds: number,
  send: (index: number) => Promise<void>,
): Promise<number> {
  const start = performance.now();
  const answers: Promise<void>[] = [];
  for (let elapsed = 0; elapsed < seconds; elapsed = (performance.now() - start) / 1000) {
    while (answers.length < elapsed * perSecond) answers.push(send(answers.length));
    await setTimeout(2);
  }
  await Promise.all(answers);
  return answers.length;
}

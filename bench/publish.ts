import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import type { Target } from './target.js';
import { wireOf } from './wire/wire-of.js';
import { stamped, type Publisher } from './wire/wire.js';

/**
 * What comes before anything is measured, so that Node has compiled what a message takes, as in a server that is some minutes
 * old. Shorter ones leave compiling to be done on the cores that are measured: after 2 s of this rate one message in
 * twenty-five began 3 ms late, after 12 s one in fifty.
 */
export const warmUp = { rate: 500, seconds: 10 } as const;

/** What is sent, unless told otherwise: texts of 60 bytes, as people write them. */
export const usualLength = 60;

/** Publishes texts; resolves with how many it were when all are answered. */
export type Publishers = {
  /** A single one. */
  one(): Promise<void>;
  /** Evenly, so many a second, in steps of a few milliseconds. */
  evenly(perSecond: number, seconds: number): Promise<number>;
  /** As fast as the server answers, with so many under way at once. */
  atFullSpeed(atOnce: number, seconds: number): Promise<number>;
  close(): void;
};

/** Connects as many publishers as the server needs to have `atOnce` messages under way. */
export async function connectPublishers(
  target: Target,
  atOnce = 1,
  length = usualLength,
): Promise<Publishers> {
  const wire = wireOf(target.kind);
  const publishers: Publisher[] = [];
  for (let room = 0; room < atOnce; room += publishers.at(-1)?.atOnce ?? atOnce) {
    publishers.push(await wire.createPublisher(target.port));
  }
  const publish = async (index: number): Promise<void> =>
    publishers[index % publishers.length]?.publish(stamped(length));

  return {
    one: () => publish(0),
    close() {
      for (const publisher of publishers) publisher.close();
    },
    async evenly(perSecond, seconds) {
      const start = performance.now();
      const answers: Promise<void>[] = [];
      for (let elapsed = 0; elapsed < seconds; elapsed = (performance.now() - start) / 1000) {
        while (answers.length < elapsed * perSecond) answers.push(publish(answers.length));
        await setTimeout(2);
      }
      await Promise.all(answers);
      return answers.length;
    },
    async atFullSpeed(most, seconds) {
      const end = performance.now() + seconds * 1000;
      let count = 0;
      await Promise.all(
        Array.from({ length: most }, async (_, index) => {
          for (; performance.now() < end; count++) await publish(index);
        }),
      );
      return count;
    },
  };
}

import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../shared/clock.js';
import { delay } from '../../shared/async/delay.js';
import { createBatches, type Batch } from './batches.js';
import type { MessageLog } from './message-log.js';

type BatchWriter = {
  /** Calls `onReady` once the bytes are sent. False: not sent, and `onReady` is called when it is time to retry. */
  readonly write: (bytes: Uint8Array, onReady: () => void) => boolean;
  /** Reserves memory to read from the store. False: there is none, and `retry` is called once there is. */
  readonly reserve: (bytes: number, retry: () => void) => boolean;
  readonly release: () => void;
};

/** The subscribers of the room. */
export type Subscriptions = {
  /** Sends the entries after `after` until the signal aborts or reading fails. Only the first batch may be empty. */
  run(after: number, writer: BatchWriter, signal: AbortSignal): Promise<never>;
  count(): number;
  /** How many entries the slowest subscriber is behind. */
  lag(): number;
  delivered(): number;
};

type Subscriber = {
  cursor: number;
  busy: boolean;
  opened: boolean;
  readonly writer: BatchWriter;
  readonly onReady: () => void;
  readonly fail: (reason: unknown) => void;
};

// If several messages arrive in a round, the next one waits as long as the round took, so that more share it.
// Arrivals during the wait do not count, or one slow round at 100 messages/s would cause endless waits.
const maxRestMs = 50;

/** The largest entry, or a batch of small ones. */
const maxReadBytes = 4 * 1024 * 1024;

/** Node writes to the sockets when a tick ends: with few writes per tick, the first wait less and caches stay warm. */
export const writesPerTick = 32;

/** Wakes the subscribers as the log grows, until `signal` aborts. */
export function createSubscriptions(log: MessageLog, signal: AbortSignal, clock: Clock): Subscriptions {
  const subscribers = new Set<Subscriber>();
  const batches = createBatches(log);
  let delivered = 0;
  /** The head when the last round began. Later entries wait for the next round, except for a new subscriber. */
  let reached = log.head();

  const advance = (subscriber: Subscriber): void => {
    if (subscriber.busy) return;
    if (subscriber.opened && subscriber.cursor >= reached) {
      subscriber.writer.release();
      return;
    }
    subscriber.busy = true;
    try {
      const { cursor, opened, writer } = subscriber;
      // An empty first batch says that nothing precedes the announced head: so it does not wait for a round.
      const end = opened ? reached : log.head();
      if (!batches.isReady(cursor, end) && !writer.reserve(maxReadBytes, subscriber.onReady)) return;
      const batch = batches.after(cursor, end);
      if (batch instanceof Promise) batch.then((read) => deliver(subscriber, read)).catch(failed(subscriber));
      else deliver(subscriber, batch);
    } catch (error) {
      subscriber.fail(error);
    }
  };

  const failed =
    (subscriber: Subscriber) =>
    (reason: unknown): void => {
      subscriber.writer.release();
      subscriber.fail(reason);
    };

  const deliver = (subscriber: Subscriber, { bytes, count, last }: Batch): void => {
    if (!subscribers.has(subscriber)) {
      subscriber.writer.release();
      return;
    }
    if (count === 0 && subscriber.opened) {
      subscriber.writer.release();
      subscriber.busy = false;
      subscriber.cursor = last;
      // A round may have passed during the read.
      if (last < reached) advance(subscriber);
      return;
    }
    const { cursor, opened } = subscriber;
    subscriber.opened = true;
    subscriber.cursor = last;
    if (subscriber.writer.write(bytes, subscriber.onReady)) delivered += count;
    else Object.assign(subscriber, { cursor, opened });
  };

  const writeRound = async (): Promise<number> => {
    const startMs = clock.monotonicMs();
    reached = log.head();
    let visited = 0;
    for (const subscriber of subscribers) {
      advance(subscriber);
      if (++visited % writesPerTick === 0) await setImmediate();
    }
    await setImmediate();
    return log.head() - reached > 1 ? Math.min(maxRestMs, clock.monotonicMs() - startMs) : 0;
  };

  const wakeAll = async (): Promise<void> => {
    for (;;) {
      const restMs = await writeRound();
      const until = clock.monotonicMs() + restMs;
      await log.waitAfter(reached, signal);
      const leftMs = until - clock.monotonicMs();
      if (leftMs > 0) await delay(leftMs, clock, signal);
    }
  };
  wakeAll().catch((reason: unknown) => {
    for (const { fail } of subscribers) fail(reason);
  });

  return {
    async run(after, writer, ended) {
      ended.throwIfAborted();
      return new Promise<never>((_, reject) => {
        const subscriber: Subscriber = {
          cursor: after,
          busy: false,
          opened: false,
          writer,
          onReady() {
            subscriber.busy = false;
            if (subscribers.has(subscriber)) advance(subscriber);
            else writer.release();
          },
          fail(reason) {
            subscribers.delete(subscriber);
            reject(reason);
          },
        };
        ended.addEventListener('abort', () => subscriber.fail(ended.reason), { once: true });
        subscribers.add(subscriber);
        advance(subscriber);
      });
    },
    count: () => subscribers.size,
    lag() {
      const head = log.head();
      let maxLag = 0;
      for (const { cursor } of subscribers) maxLag = Math.max(maxLag, head - cursor);
      return maxLag;
    },
    delivered: () => delivered,
  };
}

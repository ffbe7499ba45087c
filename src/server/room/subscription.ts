import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../shared/clock.js';
import { delay } from '../../shared/async/delay.js';
import { createBatches, type Batch } from './batches.js';
import type { MessageLog } from './message-log.js';

/** Where a subscriber's batches go. */
type BatchWriter = {
  /**
   * `taken` is called once the bytes have left our hands. False: they were not taken, and `taken` is called when they
   * should be read and written again.
   */
  readonly write: (bytes: Uint8Array, taken: () => void) => boolean;
  /** Whether so many bytes may be read from the store for the next batch. False: `retry` is called once they may. */
  readonly makeRoom: (bytes: number, retry: () => void) => boolean;
  /** Nothing will be written of what room was made for. */
  readonly giveUpRoom: () => void;
};

/** Everyone who reads the room live. */
export type Subscriptions = {
  /**
   * Sends what follows `after`, and everything that is appended later, until the signal aborts or reading
   * fails; rejects with that reason. The first batch goes out at once, if need be empty; no later one is.
   */
  run(after: number, writer: BatchWriter, signal: AbortSignal): Promise<never>;
  count(): number;
  /** How many entries the slowest subscriber is behind. */
  lag(): number;
  /** How many messages were handed out, all subscribers together. */
  delivered(): number;
};

/** A subscriber costs its place and one batch under way, however slow it is. */
type Subscriber = {
  cursor: number;
  /** A batch is being read or written. */
  busy: boolean;
  opened: boolean;
  readonly writer: BatchWriter;
  readonly taken: () => void;
  readonly fail: (reason: unknown) => void;
};

/**
 * After a round of writes during which several messages came follows as much time for everything else, at most this many
 * milliseconds: more of them should share a round. What comes during the rest does not count, or a single slow round at
 * 100 messages a second would be followed by a rest for ever.
 */
const longestRest = 50;

/** The largest entry, or a batch of small ones: what one reader may take from the store. */
const maxReadBytes = 4 * 1024 * 1024;

/**
 * So many subscribers are written to in one turn of the event loop. Node hands their bytes to the sockets when the turn
 * ends: with few, the first of them wait less, and what a write touched is still in the processor's caches.
 */
export const writesATurn = 32;

/** Starts the loop that wakes the subscribers as the log grows, until `signal` aborts. */
export function createSubscriptions(log: MessageLog, signal: AbortSignal, clock: Clock): Subscriptions {
  const subscribers = new Set<Subscriber>();
  const batches = createBatches(log);
  let delivered = 0;
  /** How far the log had grown when the last round began: it brings everybody up to there, and only who begins gets more. */
  let reached = log.head();

  const advance = (subscriber: Subscriber): void => {
    if (subscriber.busy) return;
    if (subscriber.opened && subscriber.cursor >= reached) {
      subscriber.writer.giveUpRoom();
      return;
    }
    subscriber.busy = true;
    try {
      const { cursor, opened, writer } = subscriber;
      // Where nothing comes first, nothing lay before the head that the subscription was told: so no round is waited for.
      const end = opened ? reached : log.head();
      if (!batches.isReady(cursor, end) && !writer.makeRoom(maxReadBytes, subscriber.taken)) return;
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
      subscriber.writer.giveUpRoom();
      subscriber.fail(reason);
    };

  const deliver = (subscriber: Subscriber, { bytes, count, last }: Batch): void => {
    if (!subscribers.has(subscriber)) {
      subscriber.writer.giveUpRoom();
      return;
    }
    if (count === 0 && subscriber.opened) {
      subscriber.writer.giveUpRoom();
      subscriber.busy = false;
      subscriber.cursor = last;
      // A round may have passed during the read.
      if (last < reached) advance(subscriber);
      return;
    }
    const { cursor, opened } = subscriber;
    subscriber.opened = true;
    subscriber.cursor = last;
    if (subscriber.writer.write(bytes, subscriber.taken)) delivered += count;
    else Object.assign(subscriber, { cursor, opened });
  };

  /** One round of writes; how many milliseconds of rest it earned. */
  const writeRound = async (): Promise<number> => {
    const start = clock.monotonicMs();
    reached = log.head();
    let passed = 0;
    for (const subscriber of subscribers) {
      advance(subscriber);
      if (++passed % writesATurn === 0) await setImmediate();
    }
    await setImmediate();
    return log.head() - reached > 1 ? Math.min(longestRest, clock.monotonicMs() - start) : 0;
  };

  const wakeAll = async (): Promise<void> => {
    for (;;) {
      const rest = await writeRound();
      const until = clock.monotonicMs() + rest;
      await log.waitAfter(reached, signal);
      const left = until - clock.monotonicMs();
      if (left > 0) await delay(left, clock, signal);
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
          taken() {
            subscriber.busy = false;
            if (subscribers.has(subscriber)) advance(subscriber);
            else writer.giveUpRoom();
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
      let most = 0;
      for (const { cursor } of subscribers) most = Math.max(most, head - cursor);
      return most;
    },
    delivered: () => delivered,
  };
}

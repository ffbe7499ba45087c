import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../shared/clock.js';
import { encodeUpTo } from '../../shared/codec.js';
import { maxGrpcMessageBytes } from '../../shared/message-rules.js';
import { delay } from '../../shared/async/delay.js';
import type { FoldedLog } from '../rooms/folded-log.js';
import { createBatches, createJoin, type Batch } from './batches.js';
import { createReaderIndex } from './reader-index.js';
import { createVisibleBatches, type VisibleBatch } from './visible-batches.js';

type BatchWriter = {
  /** Calls `onReady` once the bytes are sent. False: not sent, and `onReady` is called when it is time to retry. */
  readonly write: (bytes: Uint8Array, onReady: () => void) => boolean;
  /** Reserves memory to read from the store. False: there is none, and `retry` is called once there is. */
  readonly reserve: (bytes: number, retry: () => void) => boolean;
  readonly release: () => void;
};

/** A `messageList` stream. */
export type Subscription = {
  /** The cursor. */
  readonly after: number;
  /** The account whose rooms it gets; undefined: the messages of the lobby only. */
  readonly account?: string | undefined;
  readonly writer: BatchWriter;
};

/** The subscribers of the log. */
export type Subscriptions = {
  /** Sends the entries after the cursor until the signal aborts or reading fails. Only the first batch may be empty. */
  run(subscription: Subscription, signal: AbortSignal): Promise<never>;
  /** Whether what follows the cursor is little enough to be sent without being asked for. */
  canResume(account: string, after: number): Promise<boolean>;
  count(): number;
  /** How many entries the slowest subscriber is behind, from the first one that it may still have to be sent. */
  lag(): number;
  delivered(): number;
};

type Subscriber = {
  /** What precedes it was sent, or is not for this subscriber. */
  cursor: number;
  /** The newest sequence that it was sent, as an entry or as its position. */
  announced: number;
  busy: boolean;
  opened: boolean;
  /** Something may be left between the cursor and `reached`. If not, a subscriber that is not busy is at `reached`. */
  behind: boolean;
  readonly account: string | undefined;
  readonly writer: BatchWriter;
  readonly onReady: () => void;
  readonly fail: (reason: unknown) => void;
};

// If several messages for the same readers arrive in a round, the next one waits as long as the round took, so that more
// of them share a write. Messages of many small rooms share none: they would only wait, in longer and longer rounds.
// Arrivals during the wait do not count, or one slow round at 100 messages/s would cause endless waits.
const maxRestMs = 50;
const minEntriesPerReader = 2;

/** Node writes to the sockets when a tick ends: with few writes per tick, the first wait less and caches stay warm. */
export const writesPerTick = 32;

const resumeLimits = { maxEntries: 2000, maxBytes: 8 * 1024 * 1024 } as const;

/** After so many entries of which a subscriber sees none, or so long, it is sent its position: it then resumes from there. */
export const announceLimits = { entries: 1000, intervalMs: 15_000 } as const;
const entriesPerCheck = 100;

/** Wakes the subscribers as the log grows, until `signal` aborts. */
export function createSubscriptions(log: FoldedLog, signal: AbortSignal, clock: Clock): Subscriptions {
  const subscribers = new Set<Subscriber>();
  const index = createReaderIndex<Subscriber>(log);
  const join = createJoin();
  const ofLobby = createBatches(log, join);
  const ofAccount = createVisibleBatches(log, join);
  log.onAmended(() => {
    for (const cache of [join, ofLobby, ofAccount]) cache.clear();
  });
  let delivered = 0;
  /** The head when the last round began. Later entries wait for the next round, except for a new subscriber. */
  let reached = log.head();
  /** `reached` of the round before. */
  let previouslyReached = reached;
  let isInRound = false;

  const advance = (subscriber: Subscriber): void => {
    const { account, cursor, opened, writer } = subscriber;
    if (opened && cursor >= reached) {
      subscriber.behind = false;
      writer.release();
      return;
    }
    subscriber.busy = subscriber.behind = true;
    try {
      // An empty first batch says that nothing precedes the announced head: so it does not wait for a round.
      const end = opened ? reached : log.head();
      const isReady = account === undefined ? ofLobby.isReady(cursor, end) : ofAccount.isReady(cursor);
      // The largest entry; a batch of small ones has less.
      if (!isReady && !writer.reserve(maxGrpcMessageBytes, subscriber.onReady)) return;
      const batch =
        account === undefined ? ofLobby.after(cursor, end) : ofAccount.after(account, cursor, end);
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

  const deliver = (subscriber: Subscriber, batch: Batch | VisibleBatch): void => {
    const { account, writer } = subscriber;
    if (!subscribers.has(subscriber)) {
      writer.release();
      return;
    }
    if (batch.count === 0 && subscriber.opened) {
      subscriber.busy = false;
      subscriber.cursor = batch.last;
      // A round may have passed during the read.
      advance(subscriber);
      return;
    }
    const { cursor, opened } = subscriber;
    subscriber.opened = true;
    subscriber.cursor = batch.last;
    subscriber.behind = batch.last < reached;
    const bytes = batch.count === 0 && account !== undefined ? encodeUpTo(batch.last) : batch.bytes;
    if (!writer.write(bytes, subscriber.onReady)) {
      Object.assign(subscriber, { cursor, opened, behind: true });
      return;
    }
    delivered += batch.count;
    subscriber.announced = 'newest' in batch && batch.count > 0 ? batch.newest : batch.last;
  };

  /** In a round that has something for the subscriber. */
  const visit = (subscriber: Subscriber): void => {
    if (subscriber.cursor >= reached) return;
    if (subscriber.busy) {
      subscriber.behind = true;
      return;
    }
    // Rounds without anything for it have not visited it. So those that keep up share one position.
    subscriber.cursor = Math.max(subscriber.cursor, previouslyReached);
    advance(subscriber);
  };

  const writeRound = async (): Promise<number> => {
    const startMs = clock.monotonicMs();
    isInRound = true;
    previouslyReached = reached;
    reached = log.head();
    let visited = 0;
    for (const subscriber of index.touched()) {
      visit(subscriber);
      if (++visited % writesPerTick === 0) await setImmediate();
    }
    await setImmediate();
    isInRound = false;
    await announceAfterRound();
    const isShared = log.head() > reached && index.entriesPerReader() >= minEntriesPerReader;
    return isShared ? Math.min(maxRestMs, clock.monotonicMs() - startMs) : 0;
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

  /** Sends its position to each subscriber that was sent nothing after the sequence `since`. Not during a round. */
  const announce = async (since: number): Promise<void> => {
    // A round that begins meanwhile has another position.
    const position = reached;
    const bytes = encodeUpTo(position);
    let written = 0;
    for (const subscriber of index.withRooms()) {
      const isDue = subscriber.announced <= since && subscriber.announced < position;
      if (!isDue || subscriber.busy) continue;
      subscriber.busy = true;
      try {
        if (!subscriber.writer.write(bytes, subscriber.onReady)) continue;
      } catch (error) {
        subscriber.fail(error);
        continue;
      }
      subscriber.announced = position;
      subscriber.cursor = Math.max(subscriber.cursor, position);
      if (++written % writesPerTick === 0) await setImmediate();
    }
  };

  let lastCheck = reached;
  let lastTimer = reached;
  let stopTimer: (() => void) | undefined;
  /** What a timer that ran during a round has left to announce. */
  let dueSince: number | undefined;
  const announceAfterRound = async (): Promise<void> => {
    if (index.withRooms().size === 0 || signal.aborted) return;
    if (!stopTimer) startTimer();
    let since = dueSince ?? -1;
    dueSince = undefined;
    if (reached - lastCheck >= entriesPerCheck) {
      lastCheck = reached;
      since = Math.max(since, reached - announceLimits.entries);
    }
    if (since >= 0) await announce(since);
  };
  const startTimer = (): void => {
    stopTimer = clock.after(announceLimits.intervalMs, () => {
      stopTimer = undefined;
      dueSince = lastTimer;
      lastTimer = reached;
      if (isInRound) return;
      void announce(dueSince);
      dueSince = undefined;
      if ([...index.withRooms()].some(({ announced }) => announced < reached)) startTimer();
    });
  };
  signal.addEventListener('abort', () => stopTimer?.(), { once: true });

  const maxLag = (head: number): number => {
    let lag = 0;
    for (const { behind, cursor } of subscribers) {
      lag = Math.max(lag, head - (behind ? cursor : Math.max(cursor, reached)));
    }
    return lag;
  };

  return {
    async run({ after, account, writer }, ended) {
      ended.throwIfAborted();
      return new Promise<never>((_, reject) => {
        const subscriber: Subscriber = {
          cursor: after,
          announced: after,
          busy: false,
          opened: false,
          behind: true,
          account,
          writer,
          onReady() {
            subscriber.busy = false;
            if (subscribers.has(subscriber) && subscriber.behind) advance(subscriber);
            else writer.release();
          },
          fail(reason) {
            subscribers.delete(subscriber);
            index.remove(subscriber);
            reject(reason);
          },
        };
        ended.addEventListener('abort', () => subscriber.fail(ended.reason), { once: true });
        subscribers.add(subscriber);
        index.add(subscriber);
        advance(subscriber);
      });
    },
    canResume: (account, after) => ofAccount.isWithin(account, after, log.head(), resumeLimits),
    count: () => subscribers.size,
    lag: () => maxLag(log.head()),
    delivered: () => delivered,
  };
}

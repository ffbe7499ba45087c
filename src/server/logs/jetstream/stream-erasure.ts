import type { JetStreamManager } from '@nats-io/jetstream';
import type { Clock } from '../../../shared/clock.js';
import { unwritable } from '../appender.js';
import { natsProblem } from './stream-watch.js';

/** Deletes messages from a stream so that NATS overwrites them on its disks. Another server may do so at the same time. */
export type StreamErasure = {
  /** `isVoid`: entries that no reader ever gets. */
  add(sequence: number, isVoid: boolean): void;
  /** Erases at once, except for what is void; rejects if that fails, and it is tried again. */
  readonly flush: () => Promise<void>;
  readonly stop: () => void;
};

type StreamErasureOptions = {
  readonly manager: Pick<JetStreamManager, 'streams'>;
  readonly stream: string;
  readonly clock: Clock;
  /** The newest message of a stream is not erased: NATS would not deliver that there was one. */
  readonly head: () => number;
  readonly onErased: (sequence: number) => void;
  /** Called once, until it succeeds again. */
  readonly onFailed: (error: unknown) => void;
};

/**
 * Other servers usually read a message before it is erased. The server that stored a void entry waits for it: this is
 * longer than the timeout of an append.
 */
const eraseAfterMs = 10_000;
const maxConcurrent = 16;

/** Erases what was added `eraseAfterMs` ago. */
export function createStreamErasure(options: StreamErasureOptions): StreamErasure {
  const { manager, stream, clock, head, onErased, onFailed } = options;
  const pending = new Map<number, { readonly isVoid: boolean; readonly dueMs: number }>();
  let cancel: (() => void) | undefined;
  let hasFailed = false;
  let isStopped = false;

  const eraseOne = async (sequence: number): Promise<void> => {
    try {
      await manager.streams.deleteMessage(stream, sequence, true);
    } catch (error) {
      const isGone = (await manager.streams.getMessage(stream, { seq: sequence })) === null;
      if (!isGone) throw error;
    }
    pending.delete(sequence);
    onErased(sequence);
  };

  const erase = async (isDue: (one: { isVoid: boolean; dueMs: number }) => boolean): Promise<void> => {
    const newest = head();
    const due = [...pending].filter(([sequence, one]) => sequence < newest && isDue(one)).values();
    const eraseNext = async (): Promise<void> => {
      for (const [sequence] of due) await eraseOne(sequence);
    };
    try {
      await Promise.all(Array.from({ length: maxConcurrent }, eraseNext));
      hasFailed = false;
    } catch (error) {
      if (!hasFailed && !isStopped) onFailed(error);
      hasFailed = true;
      throw unwritable(natsProblem(error), error);
    }
  };

  const schedule = (): void => {
    if (cancel || isStopped || pending.size === 0) return;
    cancel = clock.after(eraseAfterMs, () => {
      cancel = undefined;
      const nowMs = clock.monotonicMs();
      void erase(({ dueMs }) => dueMs <= nowMs)
        .catch(() => undefined)
        .finally(schedule);
    });
  };

  return {
    add(sequence, isVoid) {
      if (!pending.has(sequence))
        pending.set(sequence, { isVoid, dueMs: clock.monotonicMs() + eraseAfterMs });
      schedule();
    },
    flush: () => erase(({ isVoid }) => !isVoid),
    stop() {
      isStopped = true;
      cancel?.();
    },
  };
}

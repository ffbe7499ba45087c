import type { Clock } from '../../src/shared/clock.js';
import { decodeMessages, encodeUnsequenced } from '../../src/shared/codec.js';
import { contentType, plainPlacement } from '../../src/shared/message.js';
import { createMemoryLog } from '../../src/server/logs/memory-log.js';
import type { MessageLog } from '../../src/server/room/message-log.js';
import { createSubscriptions } from '../../src/server/room/subscription.js';
import { manualClock } from './manual-clock.js';

/** A reader that notes what it gets, and takes a batch only when told to if it is slow. */
export function reader({ slow = false } = {}) {
  const batches: Uint8Array[] = [];
  const waiting: (() => void)[] = [];
  return {
    write: (bytes: Uint8Array, taken: () => void): boolean => {
      batches.push(bytes);
      if (slow) waiting.push(taken);
      else setImmediate(taken);
      return true;
    },
    takeAll: (): void => {
      for (const taken of waiting.splice(0)) taken();
    },
    batches,
    waiting,
    sequences: () => batches.flatMap((bytes) => decodeMessages(bytes).map(({ sequence }) => sequence)),
  };
}

/** The sequences from 1 on. */
export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

/** Appends so many texts of so many bytes, one after the other. */
export async function append(
  log: MessageLog,
  count: number,
  bytes = 10,
  placement = plainPlacement,
): Promise<void> {
  for (let number = 0; number < count; number++) {
    const content = new Uint8Array(bytes).fill(120);
    const message = encodeUnsequenced({ id: '', from: 'ann', timestamp: 1, type: contentType.text, content });
    await log.append({ message: () => message, author: 'ann', id: '', ...placement });
  }
}

/** Subscriptions to a log in memory, which `wrap` may change. */
export function started(wrap: (log: MessageLog) => MessageLog = (log) => log, clock: Clock = manualClock()) {
  const log = wrap(createMemoryLog({ clock: manualClock() }));
  const stopping = new AbortController();
  const subscriptions = createSubscriptions(log, stopping.signal, clock);
  const calls: AbortController[] = [];
  const subscribe = (after: number, write: ReturnType<typeof reader>['write']) => {
    const call = new AbortController();
    calls.push(call);
    const ended = subscriptions
      .run(after, { write, makeRoom: () => true, giveUpRoom: () => undefined }, call.signal)
      .catch((reason: unknown) => reason);
    return { call, ended };
  };
  return { log, stopping, subscriptions, subscribe };
}

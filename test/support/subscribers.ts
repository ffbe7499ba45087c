import type { Clock } from '../../src/shared/clock.js';
import { decodeMessages, encodeUnsequenced } from '../../src/shared/codec.js';
import { contentType, plainPlacement } from '../../src/shared/message.js';
import { createMemoryLog } from '../../src/server/logs/memory-log.js';
import type { MessageLog } from '../../src/server/messages/message-log.js';
import { createFoldedLog } from '../../src/server/rooms/folded-log.js';
import { createRooms } from '../../src/server/rooms/room-state.js';
import { createSubscriptions } from '../../src/server/streams/subscription.js';
import { manualClock } from './manual-clock.js';

/** A reader that records batches; a slow one acknowledges them only at `takeAll`. */
export function reader({ slow = false } = {}) {
  const batches: Uint8Array[] = [];
  const waiting: (() => void)[] = [];
  return {
    write: (bytes: Uint8Array, onDrained: () => void): boolean => {
      batches.push(bytes);
      if (slow) waiting.push(onDrained);
      else setImmediate(onDrained);
      return true;
    },
    takeAll: (): void => {
      for (const onDrained of waiting.splice(0)) onDrained();
    },
    batches,
    waiting,
    sequences: () => batches.flatMap((bytes) => decodeMessages(bytes).map(({ sequence }) => sequence)),
  };
}

/** The sequences from 1 to `count`. */
export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

/** Appends `count` texts of `bytes` bytes, one after the other. */
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

/** Subscriptions to a memory log, which `wrap` may change. */
export function started(wrap: (log: MessageLog) => MessageLog = (log) => log, clock: Clock = manualClock()) {
  const log = createMemoryLog({ clock: manualClock() });
  const folded = createFoldedLog(log, createRooms(), clock);
  const stopping = new AbortController();
  const subscriptions = createSubscriptions({ ...folded, ...wrap(folded) }, stopping.signal, clock);
  const calls: AbortController[] = [];
  const subscribe = (after: number, write: ReturnType<typeof reader>['write'], account?: string) => {
    const call = new AbortController();
    calls.push(call);
    const writer = { write, reserve: () => true, release: () => undefined };
    const ended = subscriptions
      .run({ after, account, writer }, call.signal)
      .catch((reason: unknown) => reason);
    return { call, ended };
  };
  return { log, folded, stopping, subscriptions, subscribe };
}

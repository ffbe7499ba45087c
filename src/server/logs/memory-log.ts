import { randomUUID } from 'node:crypto';
import { encodeEntry } from '../../shared/codec.js';
import { ChatError } from '../../shared/errors.js';
import { droppedMessage } from '../room/digests.js';
import type { LogOptions, MessageLog, Keep } from '../room/message-log.js';
import { createTailBuffer } from '../room/tail-buffer.js';
import { createDedupeIndex } from './dedupe-index.js';
import { createAppendSignal } from './append-signal.js';

type MemoryLogOptions = LogOptions & {
  /** Absent: `defaultMemoryBytes`. */
  readonly keep?: Keep | undefined;
};

const defaultMemoryBytes = 256 * 1024 * 1024;

const ageCheckIntervalMs = 1000;

/** A log that lives as long as the process: for trials and tests. */
export function createMemoryLog({ clock, keep, dedupeWindow }: MemoryLogOptions): MessageLog {
  const maxBytes = keep && 'bytes' in keep ? keep.bytes : defaultMemoryBytes;
  const tailBuffer = createTailBuffer(0, { maxBytes, maxCount: Infinity });
  const ids = createDedupeIndex(clock, dedupeWindow);
  let head = 0;
  const appendSignal = createAppendSignal(() => head);
  let closed = false;

  const ages: { sequence: number; time: number }[] = [];
  const maxAgeMs = keep && 'milliseconds' in keep ? keep.milliseconds : undefined;
  const dropOld = (ageMs: number): void => {
    const firstKept = ages.findIndex(({ time }) => clock.monotonicMs() - time < ageMs);
    const dropped = ages.splice(0, firstKept < 0 ? ages.length : firstKept).at(-1);
    if (dropped) tailBuffer.dropBelow(dropped.sequence + 1);
  };
  let stopAgeCheck: (() => void) | undefined;
  const scheduleAgeCheck = (ageMs: number): void => {
    stopAgeCheck = clock.after(ageCheckIntervalMs, () => {
      dropOld(ageMs);
      scheduleAgeCheck(ageMs);
    });
  };
  if (maxAgeMs !== undefined) scheduleAgeCheck(maxAgeMs);

  return {
    logId: randomUUID(),
    head: () => head,
    oldest: () => tailBuffer.from() + 1,
    find(author, id) {
      const sequence = id === '' ? undefined : ids.find(author, id);
      return sequence === undefined ? undefined : Promise.resolve(sequence);
    },
    append({ message, author, id }) {
      if (closed) {
        return Promise.reject(new ChatError('shutting-down', 'the server is shutting down'));
      }
      const earlier = id === '' ? undefined : ids.find(author, id);
      if (earlier !== undefined) return Promise.resolve({ sequence: earlier, duplicate: true });
      head++;
      tailBuffer.push({ sequence: head, bytes: encodeEntry(message, head) });
      if (id !== '') ids.remember(author, id, head);
      if (maxAgeMs !== undefined) ages.push({ sequence: head, time: clock.monotonicMs() });
      appendSignal.notifySoon();
      return Promise.resolve({ sequence: head, duplicate: false });
    },
    read: (after, maxReadBytes) => tailBuffer.read(Math.max(after, tailBuffer.from()), maxReadBytes) ?? [],
    isInMemory: () => true,
    readBefore: (before, maxCount, maxReadBytes) =>
      Promise.resolve(tailBuffer.readBefore(before, maxCount, maxReadBytes)),
    newestDropped: () => droppedMessage(tailBuffer.dropped()),
    waitAfter: appendSignal.wait,
    storageProblem: () => (closed ? 'it is shutting down' : undefined),
    close() {
      closed = true;
      stopAgeCheck?.();
      appendSignal.close();
      return Promise.resolve();
    },
  };
}

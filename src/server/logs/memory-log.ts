import { randomUUID } from 'node:crypto';
import type { AccountStateStore, Keep, LogOptions, MessageLog } from '../messages/message-log.js';
import { decodeMessages } from '../../shared/codec.js';
import { createChangesInMemory, planAmendments } from './amendments.js';
import { createAppender } from './appender.js';
import { createDedupeIndex } from './dedupe-index.js';
import { createMentionIndex } from './mention-index.js';
import { createLogTail, createTailReader, entryOf } from './log-tail.js';

type MemoryLogOptions = LogOptions & {
  /** Absent: `defaultMemoryBytes`. */
  readonly keep?: Keep | undefined;
};

const defaultMemoryBytes = 256 * 1024 * 1024;

const ageCheckIntervalMs = 1000;

/** A log in memory, with the states of accounts. */
type MemoryLog = MessageLog & { readonly accountState: AccountStateStore };

/** A log that lives as long as the process: for trials and tests. */
export function createMemoryLog({ clock, keep, dedupeWindow }: MemoryLogOptions): MemoryLog {
  const maxBytes = keep && 'bytes' in keep ? keep.bytes : defaultMemoryBytes;
  const tail = createLogTail({ head: 0, oldest: 1, newest: [] }, { maxBytes, maxCount: Infinity });
  const ids = createDedupeIndex(clock, dedupeWindow);
  const mentions = createMentionIndex();

  const changes = createChangesInMemory();

  const ages: { sequence: number; time: number }[] = [];
  const maxAgeMs = keep && 'milliseconds' in keep ? keep.milliseconds : undefined;
  const dropOld = (ageMs: number): void => {
    const firstKept = ages.findIndex(({ time }) => clock.monotonicMs() - time < ageMs);
    const dropped = ages.splice(0, firstKept < 0 ? ages.length : firstKept).at(-1);
    if (dropped) tail.dropBelow(dropped.sequence + 1);
  };
  let stopAgeCheck: (() => void) | undefined;
  const scheduleAgeCheck = (ageMs: number): void => {
    stopAgeCheck = clock.after(ageCheckIntervalMs, () => {
      dropOld(ageMs);
      scheduleAgeCheck(ageMs);
    });
  };
  if (maxAgeMs !== undefined) scheduleAgeCheck(maxAgeMs);

  const appender = createAppender({
    find: (author, id) => ids.find(author, id),
    write({ author, id, ...placement }, message) {
      const sequence = tail.head() + 1;
      const entry = entryOf(placement, message, sequence);
      mentions.add(entry);
      tail.advance(sequence, [entry]);
      tail.dropBelow(tail.tailBuffer.from() + 1);
      ids.remember(author, id, sequence);
      if (maxAgeMs !== undefined) ages.push({ sequence, time: clock.monotonicMs() });
      tail.appendSignal.notifySoon();
      return Promise.resolve({ sequence, duplicate: false });
    },
  });
  let closed = false;

  return {
    logId: randomUUID(),
    // The tail has all entries.
    ...createTailReader(tail, {
      read: () => Promise.resolve([]),
      count: () => Promise.resolve(0),
      sequences: () => Promise.resolve([]),
      recent: () => Promise.resolve([]),
      mentions: mentions.find,
    }),
    append: appender.append,
    async amend(amendments) {
      changes.dropBelow(tail.oldest());
      const plan = await planAmendments(amendments, {
        ...changes,
        isKept: (sequence) => sequence >= tail.oldest(),
        message(sequence) {
          const entry = tail.tailBuffer.get(sequence);
          return entry && decodeMessages(entry.bytes)[0];
        },
      });
      changes.apply(plan);
      for (const { sequence } of plan.unmentioned) mentions.remove(sequence);
      for (const entry of plan.entries.values()) tail.tailBuffer.replace(entry);
      return [...plan.entries.keys()];
    },
    reactions: (room, from, to) => Promise.resolve(changes.reactions(room, from, to)),
    accountState: statesInMemory(),
    storageProblem: () => (closed ? 'it is shutting down' : undefined),
    async close() {
      closed = true;
      stopAgeCheck?.();
      tail.appendSignal.close();
      await appender.close();
    },
  };
}

function statesInMemory(): AccountStateStore {
  const states = new Map<string, string>();
  return {
    load: (account) => Promise.resolve(states.get(account)),
    save(changes) {
      for (const [account, change] of changes) states.set(account, change(states.get(account)));
      return Promise.resolve();
    },
  };
}

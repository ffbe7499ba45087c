import {
  DeliverPolicy,
  JetStreamApiError,
  type JetStreamClient,
  type JetStreamManager,
} from '@nats-io/jetstream';
import { decodeMessage } from '../../../shared/codec.js';
import type { Message } from '../../../shared/message.js';
import { decodedEntries } from '../../messages/backward.js';
import { matches, removedKind, type Entry, type MessageLog } from '../../messages/message-log.js';
import { createChangesInMemory, planAmendments } from '../amendments.js';
import { unwritable } from '../appender.js';
import type { EntryRange, LogTail, StoredEntries } from '../log-tail.js';
import { changesSubject } from './stream-config.js';
import { readStored, type StreamReader } from './stream-reader.js';
import { natsProblem } from './stream-watch.js';

type StreamChangesOptions = {
  readonly client: JetStreamClient;
  readonly manager: Pick<JetStreamManager, 'streams'>;
  readonly stream: string;
  readonly subject: string;
  readonly tail: LogTail;
  /** False: the stream denies deletions. */
  readonly mayErase: boolean;
};

/** The changes of messages in a stream, whose messages cannot be replaced. */
export type StreamChanges = Pick<MessageLog, 'amend' | 'reactions'> &
  Required<Pick<MessageLog, 'changesUpTo'>> & {
    /** Reads the stream with the messages that have changed in their current form. */
    readonly currentEntries: (read: StreamReader) => StoredEntries['read'];
    /** Whether the entry in memory differs from the one in the stream. */
    readonly isChanged: (sequence: number) => boolean;
  };

const changesPerPage = 1000;
const concurrentErasures = 8;
/** JetStream's error codes: there is no such message, perhaps because another server has deleted it. */
const missing = new Set([10037, 10043]);

function isGone(error: unknown): boolean {
  if (!(error instanceof JetStreamApiError)) return false;
  return missing.has(error.code) || /no message found|deleted message/.test(error.message);
}

/** Keeps current forms in memory, and deletes from the stream what they replace. */
export function createStreamChanges(options: StreamChangesOptions): StreamChanges {
  const { client, manager, stream, subject, tail, mayErase } = options;
  const changes = createChangesInMemory();
  const current = new Map<number, Entry>();
  const unerased = new Set<number>();
  let erasedUpTo = 0;

  const messageAt = (sequence: number, change: Entry): Message | undefined => {
    const known = current.get(sequence) ?? tail.tailBuffer.get(sequence);
    if (known) return decodedEntries([known])[0]?.message;
    // It may be deleted from the stream already.
    if (sequence !== change.target || !change.original) return undefined;
    return { ...decodeMessage(change.original), sequence };
  };

  const erase = async (sequence: number): Promise<void> => {
    try {
      await manager.streams.deleteMessage(stream, sequence, true);
    } catch (error) {
      if (!isGone(error)) throw error;
    }
    unerased.delete(sequence);
  };

  const eraseAll = async (): Promise<void> => {
    for (let left = [...unerased]; left.length > 0; left = left.slice(concurrentErasures)) {
      await Promise.all(left.slice(0, concurrentErasures).map(erase));
    }
  };

  const dropBelow = (oldest: number): void => {
    changes.dropBelow(oldest);
    for (const sequence of current.keys()) if (sequence < oldest) current.delete(sequence);
  };

  return {
    async amend(amendments) {
      dropBelow(tail.oldest());
      const plan = await planAmendments(amendments, {
        ...changes,
        isKept: (sequence) => sequence >= tail.oldest(),
        message: messageAt,
      });
      changes.apply(plan);
      for (const entry of plan.entries.values()) {
        if (entry.kind !== removedKind.change) current.set(entry.sequence, entry);
        tail.tailBuffer.replace(entry);
      }
      const isNew = amendments.some(({ change }) => change.sequence > erasedUpTo);
      if (mayErase && isNew) for (const sequence of plan.erased) unerased.add(sequence);
      try {
        await eraseAll();
      } catch (error) {
        throw unwritable(natsProblem(error), error);
      }
      return [...plan.entries.keys()];
    },
    reactions: (room, from, to) => Promise.resolve(changes.reactions(room, from, to)),
    async *changesUpTo(last) {
      // The state of the rooms was saved after that.
      erasedUpTo = last;
      const newest = await manager.streams.getMessage(stream, { last_by_subj: changesSubject(subject) });
      const end = Math.min(last, newest?.seq ?? 0);
      if (end === 0) return;
      const consumer = await client.consumers.get(stream, {
        deliver_policy: DeliverPolicy.All,
        filter_subjects: changesSubject(subject),
      });
      let page: Entry[] = [];
      const messages = await consumer.consume({ max_messages: changesPerPage });
      for await (const { seq, subject: from, data, headers } of messages) {
        const stored = seq <= end ? readStored(subject, { seq, subject: from, data, headers }) : undefined;
        if (stored) page.push(stored.entry);
        if (page.length >= changesPerPage) {
          yield page;
          page = [];
        }
        if (seq >= end) break;
      }
      messages.stop();
      consumer.delete().catch(() => undefined);
      if (page.length > 0) yield page;
    },
    currentEntries: (read) => async (range) => {
      for (let rest = range; ;) {
        const stored = (await read(rest)).map(({ entry }) => entry);
        const last = stored.at(-1)?.sequence;
        const found = current.size === 0 ? stored : merged(stored, current, rest);
        if (found.length > 0 || last === undefined) return found;
        rest = range.newestFirst ? { ...range, to: last - 1 } : { ...range, from: last + 1 };
        if (rest.from > rest.to) return [];
      }
    },
    isChanged: (sequence) => current.has(sequence),
  };
}

/** What was read, up to where it was read, with the current forms within. */
function merged(
  stored: readonly Entry[],
  current: ReadonlyMap<number, Entry>,
  { from, to, newestFirst, maxCount, maxBytes, of }: EntryRange,
): readonly Entry[] {
  const reached = stored.at(-1)?.sequence;
  const low = newestFirst && reached !== undefined ? reached : from;
  const high = !newestFirst && reached !== undefined ? reached : to;
  const within = [...current.values()].filter(
    ({ sequence, ...entry }) => sequence >= low && sequence <= high && matches(entry, of),
  );
  const all = [...stored.filter(({ sequence }) => !current.has(sequence)), ...within].sort((one, other) =>
    newestFirst ? other.sequence - one.sequence : one.sequence - other.sequence,
  );
  const kept: Entry[] = [];
  let bytes = 0;
  for (const entry of all) {
    bytes += entry.bytes.length;
    if (kept.length >= maxCount || (kept.length > 0 && bytes > maxBytes)) break;
    kept.push(entry);
  }
  return kept;
}

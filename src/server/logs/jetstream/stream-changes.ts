import type { JetStreamManager, StreamInfo } from '@nats-io/jetstream';
import { decodeMessage } from '../../../shared/codec.js';
import { messageKind, type Message } from '../../../shared/message.js';
import { decodedEntries } from '../../messages/backward.js';
import { entryWith } from '../../messages/current-form.js';
import { reactedTo } from '../../../shared/message-rules.js';
import type { Amendment, Entry, MessageLog } from '../../messages/message-log.js';
import type { Clock } from '../../../shared/clock.js';
import {
  createChangesInMemory,
  planAmendments,
  type AmendmentPlan,
  type ChangesInMemory,
  type OwnRecord,
} from '../amendments.js';
import type { EntryRange, LogTail, StoredEntries } from '../log-tail.js';
import type { MentionIndex } from '../mention-index.js';
import { createCurrentForms } from './current-forms.js';
import { createStreamErasure } from './stream-erasure.js';
import { oldestKept } from './stream-config.js';
import type { ChangesReader, StreamReader } from './stream-reader.js';

type StreamChangesOptions = {
  readonly manager: Pick<JetStreamManager, 'streams'>;
  readonly readStream: StreamReader;
  readonly readChanges: ChangesReader;
  readonly tail: Pick<LogTail, 'head' | 'tailBuffer'>;
  readonly mentions: Pick<MentionIndex, 'add' | 'remove'>;
  readonly clock: Clock;
  readonly info: StreamInfo;
  readonly onNotErased: (error: unknown) => void;
};

/** The changes of messages in a stream, whose messages cannot be replaced: they are erased. */
export type StreamChanges = Pick<MessageLog, 'amend' | 'reactions'> &
  Required<Pick<MessageLog, 'changesUpTo'>> & {
    /** Reads the stream, with the messages that have changed in their current form. */
    readonly read: StoredEntries['read'];
    /** The oldest sequence that is kept as a current form; Infinity if there is none. */
    readonly first: () => number;
    /** Forgets what retention has removed; returns the oldest sequence that is kept. */
    readonly retain: (info: StreamInfo) => number;
    /** Whether the entry in memory may differ from the one in the stream. */
    readonly isChanged: (sequence: number) => boolean;
    /** Messages in this range that were erased before this server has read them, without their content. */
    readonly missing: (from: number, to: number) => Promise<readonly Entry[]>;
    /** Erases what changes have replaced. */
    readonly erase: () => Promise<void>;
    readonly stop: () => void;
  };

/** Keeps current forms and reactions in memory. */
export function createStreamChanges(options: StreamChangesOptions): StreamChanges {
  const { manager, readStream, readChanges, tail, mentions, clock } = options;
  const changes = createChangesInMemory();
  const forms = createCurrentForms();
  /** Changes of no more effect that may still be in the stream. */
  const removed = new Set<number>();
  const originals = new Map<number, Entry>();
  let originalsUpTo = 0;
  let erasedUpTo = 0;
  let { info } = options;
  const { name: stream, deny_delete: mayNotErase } = info.config;
  const erasure = createStreamErasure({
    ...{ manager, stream, clock, head: tail.head },
    onErased: (sequence) => void removed.delete(sequence),
    onFailed: options.onNotErased,
  });

  const messageAt = (sequence: number, change: Entry): Message | undefined => {
    const known = forms.get(sequence) ?? tail.tailBuffer.get(sequence);
    if (known) return decodedEntries([known])[0]?.message;
    // It may be erased already.
    if (sequence !== change.target || !change.original) return undefined;
    return { ...decodeMessage(change.original), sequence };
  };

  const retain = (now: StreamInfo): number => {
    info = now;
    const oldest = oldestKept(info, forms.below(info.state.first_seq), clock.now());
    forms.dropBelow(oldest);
    changes.dropBelow(oldest);
    return oldest;
  };

  const store = ({ entries, erased }: AmendmentPlan, amendments: readonly Amendment[]): void => {
    const changed = new Map(amendments.map(({ change }) => [change.target, change.sequence]));
    const voids = new Set(amendments.filter(({ isVoid }) => isVoid).map(({ change }) => change.sequence));
    for (const sequence of erased) {
      const changedBy = changed.get(sequence);
      if (changedBy === undefined) removed.add(sequence);
      // What else is read from the stream is there.
      const isErased = changedBy !== undefined && changedBy <= erasedUpTo;
      if (!mayNotErase && !isErased) erasure.add(sequence, voids.has(sequence));
    }
    for (const entry of entries.values()) {
      tail.tailBuffer.replace(entry);
      if (removed.has(entry.sequence)) continue;
      forms.put(entry);
      mentions.remove(entry.sequence);
      mentions.add(entry);
    }
  };

  return {
    async amend(amendments) {
      // The oldest sequence depends on what is kept as a current form.
      const plan = await planAmendments(amendments, {
        ...changes,
        isKept: () => true,
        message: messageAt,
      });
      applyReactions(plan, amendments, changes);
      store(plan, amendments);
      retain(info);
      return [...plan.entries.keys()];
    },
    reactions: (room, from, to) => Promise.resolve(changes.reactions(room, from, to)),
    changesUpTo(last) {
      // The state of the rooms is saved only once everything up to it is erased.
      erasedUpTo = last;
      return readChanges(1, last);
    },
    async read(range) {
      const found: Entry[] = [];
      let bytes = 0;
      for (let rest: EntryRange = range; ;) {
        const left = { maxCount: range.maxCount - found.length, maxBytes: range.maxBytes - bytes };
        const from = Math.max(rest.from, info.state.first_seq);
        const stored = from <= rest.to ? await readStream({ ...rest, ...left, from }) : [];
        const last = stored.at(-1)?.entry.sequence;
        const part = last === undefined ? rest : { ...rest, [range.newestFirst ? 'from' : 'to']: last };
        const current = stored
          .map(({ entry }) => entry)
          .filter(({ sequence }) => !forms.get(sequence) && !removed.has(sequence));
        for (const entry of inOrder([...current, ...forms.within(part)], range.newestFirst)) {
          const isFull = found.length > 0 && bytes + entry.bytes.length > range.maxBytes;
          if (found.length >= range.maxCount || isFull) return found;
          found.push(entry);
          bytes += entry.bytes.length;
        }
        if (last === undefined) return found;
        rest = range.newestFirst ? { ...rest, to: last - 1 } : { ...rest, from: last + 1 };
        const isAll = current.length === stored.length && forms.within(rest).length === 0;
        if (rest.from > rest.to || found.length >= range.maxCount || isAll) return found;
      }
    },
    first: forms.first,
    retain,
    isChanged: (sequence) => forms.get(sequence) !== undefined || removed.has(sequence),
    async missing(from, to) {
      if (originalsUpTo < to) {
        originals.clear();
        for await (const page of readChanges(to + 1, Infinity)) {
          for (const { target = 0, original, sequence } of page) {
            originalsUpTo = sequence;
            if (!original || target < from || originals.has(target)) continue;
            originals.set(target, entryWith({ ...decodeMessage(original), sequence: target }));
          }
        }
      }
      return [...originals.values()]
        .filter(({ sequence }) => sequence >= from && sequence <= to)
        .sort((one, other) => one.sequence - other.sequence);
    },
    erase: erasure.flush,
    stop: erasure.stop,
  };
}

/**
 * Derives the reactions from the last entry of each account, in the order of these entries: a server that starts finds no
 * earlier ones.
 */
function applyReactions(
  { states, own }: AmendmentPlan,
  amendments: readonly Amendment[],
  changes: ChangesInMemory,
): void {
  const reacts = amendments.filter(({ change }) => change.kind === messageKind.react);
  const emoji = new Map(
    decodedEntries(reacts.map(({ change }) => change)).map((entry) => [
      entry.sequence,
      entry.message.detail?.emoji ?? [],
    ]),
  );
  const complete = (record: OwnRecord | undefined): OwnRecord | undefined =>
    record && { ...record, emoji: emoji.get(record.sequence) ?? record.emoji };
  const records = new Map(
    [...own].map(([target, some]) => [
      target,
      new Map([...some].map(([account, record]) => [account, complete(record)])),
    ]),
  );
  changes.apply({ states, own: records });
  const derived = new Map(states);
  for (const target of own.keys()) {
    const { room, state } = states.get(target) ?? {};
    if (room === undefined || !state) continue;
    const all = [...changes.allOwn(target)].map(([, record]) => record);
    all.sort((one, other) => one.sequence - other.sequence);
    const reactions = all.reduce<typeof state.reactions>(
      (before, record) => reactedTo(before, undefined, record).reactions,
      [],
    );
    derived.set(target, { room, state: { ...state, reactions } });
  }
  changes.apply({ states: derived, own: new Map() });
}

function inOrder(entries: Entry[], newestFirst: boolean): Entry[] {
  return entries.sort((one, other) =>
    newestFirst ? other.sequence - one.sequence : one.sequence - other.sequence,
  );
}

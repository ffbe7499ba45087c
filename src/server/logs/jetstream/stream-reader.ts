import { setTimeout as wait } from 'node:timers/promises';
import {
  DeliverPolicy,
  type JetStreamClient,
  type JetStreamManager,
  type StoredMsg,
} from '@nats-io/jetstream';
import type { MsgHdrs } from '@nats-io/transport-node';
import { ChatError } from '../../../shared/errors.js';
import { thrownMessage } from '../../../shared/thrown-message.js';
import { messageKind, plainPlacement } from '../../../shared/message.js';
import {
  entryOf,
  recentByReading,
  sequencesByReading,
  type EntryRange,
  type StoredEntries,
} from '../log-tail.js';
import type { MentionIndex } from '../mention-index.js';
import { decodeMessage } from '../../../shared/codec.js';
import {
  isChange,
  isLobbyMessage,
  matches,
  type Append,
  type Entry,
  type RoomFilter,
} from '../../messages/message-log.js';
import { changesSubject, newRoomSubject, subjectOf, subjectsOf } from './stream-config.js';

/** Reads messages that are no longer in memory. Missing and foreign messages are left out. */
export type StreamReader = (range: EntryRange) => Promise<readonly StoredMessage[]>;

/** With the largest images, 130 MB in flight. */
const maxConcurrentReads = 32;
/** The assumed size of a message until some have been read. */
const assumedMessageBytes = 16 * 1024;
const readTimeoutMs = 4500;
const retryDelayMs = 200;
/** In a room with one in 10,000 messages, four rounds find the right stride. */
const strideFactor = 8;
/** A stride with more messages is shortened before they are read: they may be large images. */
const maxPerStride = 4;
const maxConcurrentStrides = 8;

/**
 * The reader rejects with `store-unavailable` if NATS does not answer. NATS finds the next message of a subject only
 * forwards, before 2.11 one at a time: so a round reads at several positions, a stride apart. The stride begins with one
 * message and grows while a round finds few. The first round begins where NATS says that the room has a message.
 */
export function createStreamReader(
  { direct, streams }: Pick<JetStreamManager, 'direct' | 'streams'>,
  stream: string,
  subject: string,
): StreamReader {
  type Query = { readonly seq: number; readonly next_by_subj?: string };

  // Replicas may lag: only the leader knows that a message is missing.
  const find = (query: Query, deadline: number): Promise<StoredMsg | null> =>
    retried(deadline, async () => {
      return (await direct.getMessage(stream, query)) ?? (await streams.getMessage(stream, query));
    });

  /** The first one from `seq` on that may match. */
  const findNext = async (seq: number, of: RoomFilter, deadline: number): Promise<StoredMsg | null> => {
    const queries: Query[] = subjectsOf(subject, of).map((next_by_subj) => ({ seq, next_by_subj }));
    if (seq <= of.room && of.kinds.includes(messageKind.room)) queries.push({ seq: of.room });
    const found = await Promise.all(queries.map((query) => find(query, deadline)));
    return found.reduce((first, next) => (!first || (next && next.seq < first.seq) ? next : first), null);
  };

  /** The newest sequence of a room. Only the leader knows it. */
  const findNewest = async (of: RoomFilter, deadline: number): Promise<number> => {
    const find = (last_by_subj: string): Promise<number> =>
      retried(deadline, async () => (await streams.getMessage(stream, { last_by_subj }))?.seq ?? 0);
    return Math.max(of.room, ...(await Promise.all(subjectsOf(subject, of).map(find))));
  };

  /** The part of a range in which a room has messages. */
  const narrowed = async (
    { from, to }: Stride,
    newestFirst: boolean,
    of: RoomFilter,
    deadline: number,
  ): Promise<Stride> =>
    newestFirst
      ? { from, to: Math.min(to, await findNewest(of, deadline)) }
      : { from: (await findNext(from, of, deadline))?.seq ?? to + 1, to };

  /** Oldest first; undefined if there are too many. */
  const readStride = async (
    { from, to }: Stride,
    of: RoomFilter | undefined,
    deadline: number,
  ): Promise<readonly StoredMessage[] | undefined> => {
    const messages: StoredMessage[] = [];
    for (let seq = from, reads = 0; seq <= to; reads++) {
      if (reads > maxPerStride) return undefined;
      const found = await (of && from < to ? findNext(seq, of, deadline) : find({ seq }, deadline));
      if (!found || found.seq > to) break;
      const message = readStored(subject, {
        subject: found.subject,
        seq: found.seq,
        data: found.data,
        headers: found.header,
      });
      if (message && matches(message.entry, of)) messages.push(message);
      seq = found.seq + 1;
    }
    return messages;
  };

  return async ({ from, to, newestFirst, maxCount, maxBytes, of }) => {
    const deadline = performance.now() + readTimeoutMs;
    const messages: StoredMessage[] = [];
    let bytes = 0;
    let length = 1;
    const isOfLobby = of?.kinds.some((kind) => isLobbyMessage({ room: of.room, kind })) ?? true;
    const isRoom = of !== undefined && !isOfLobby && from < to;
    const range = { from, to };
    let rest = isRoom ? await narrowed(range, newestFirst, of, deadline) : range;
    while (rest.from <= rest.to && messages.length < maxCount) {
      const averageBytes = messages.length === 0 ? assumedMessageBytes : bytes / messages.length;
      const wanted = Math.max(1, Math.ceil((maxBytes - bytes) / averageBytes));
      const concurrent = length === 1 ? maxConcurrentReads : maxConcurrentStrides;
      const count = Math.min(concurrent, wanted, maxCount - messages.length);
      const strides = stridesOf(rest, newestFirst, count, length);
      const read = await Promise.all(strides.map((stride) => readStride(stride, of, deadline)));
      const found = read.flatMap((part) => (newestFirst ? part?.toReversed() : part) ?? []);
      if (read.includes(undefined)) {
        length = Math.ceil(length / strideFactor);
        continue;
      }
      for (const message of found) {
        const size = message.entry.bytes.length;
        if (messages.length >= maxCount || (messages.length > 0 && bytes + size > maxBytes)) return messages;
        messages.push(message);
        bytes += size;
      }
      const last = strides.at(-1);
      if (last) rest = newestFirst ? { from, to: last.from - 1 } : { from: last.to + 1, to };
      if (of && found.length < count / strideFactor) length *= strideFactor;
      if (isRoom && found.length === 0 && !newestFirst)
        rest = await narrowed(rest, newestFirst, of, deadline);
    }
    return messages;
  };
}

/** Yields the changes of messages in this range, in their order. */
export type ChangesReader = (from: number, to: number) => AsyncGenerator<readonly Entry[], void, undefined>;

const changesPerPage = 500;
const pageTimeoutMs = 2000;

/** Reads with a consumer, since there may be many. */
export function createChangesReader(
  client: JetStreamClient,
  { streams }: Pick<JetStreamManager, 'streams'>,
  stream: string,
  subject: string,
): ChangesReader {
  const changes = changesSubject(subject);

  return async function* read(from, to) {
    const newest = await streams.getMessage(stream, { last_by_subj: changes });
    const end = Math.min(to, newest?.seq ?? 0);
    if (from > end) return;
    const consumer = await client.consumers.get(stream, {
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: from,
      filter_subjects: changes,
    });
    for (let next = from; next <= end;) {
      const page: Entry[] = [];
      const messages = await consumer.fetch({ max_messages: changesPerPage, expires: pageTimeoutMs });
      for await (const { seq, subject: of, data, headers, info } of messages) {
        next = seq + 1;
        const found = seq <= end ? readStored(subject, { subject: of, seq, data, headers }) : undefined;
        if (found) page.push(found.entry);
        if (seq >= end || info.pending === 0) break;
      }
      if (page.length > 0) yield page;
      // Another server may have erased the last ones.
      const query = { seq: next, next_by_subj: changes };
      const following = next <= end && (await streams.getMessage(stream, query));
      if (!following) break;
    }
    consumer.delete().catch(() => undefined);
  };
}

/** Asks NATS again until it answers; rejects with `store-unavailable` after the deadline. */
async function retried<Result>(deadline: number, ask: () => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (performance.now() > deadline) throw unreadable(error);
      await wait(retryDelayMs);
    }
  }
}

/** For `createTailReader`. Counts by reading, within the limits. */
export function storedEntries(
  entries: StoredEntries['read'],
  mentions: Pick<MentionIndex, 'find'>,
): StoredEntries {
  return {
    read: entries,
    async count(range) {
      let { from, maxCount, maxBytes } = range;
      while (maxCount >= 0 && maxBytes >= 0) {
        const found = await entries({ ...range, from, maxCount: maxCount + 1, maxBytes });
        const last = found.at(-1);
        if (!last) return range.maxCount - maxCount;
        from = last.sequence + 1;
        maxCount -= found.length;
        for (const { bytes } of found) maxBytes -= bytes.length;
      }
      return Infinity;
    },
    sequences: (range) => sequencesByReading(entries, range),
    recent: (range) => recentByReading(entries, range),
    mentions: mentions.find,
  };
}

/** Both ends are included. */
type Stride = { readonly from: number; readonly to: number };

/** The first ones, in the order of the range. */
function stridesOf({ from, to }: Stride, newestFirst: boolean, count: number, length: number): Stride[] {
  const strides: Stride[] = [];
  for (let index = 0; index < count; index++) {
    const stride = newestFirst
      ? { from: Math.max(from, to - (index + 1) * length + 1), to: to - index * length }
      : { from: from + index * length, to: Math.min(to, from + (index + 1) * length - 1) };
    if (stride.from <= stride.to) strides.push(stride);
  }
  return strides;
}

function unreadable(cause: unknown): ChatError {
  return new ChatError(
    'store-unavailable',
    `the messages cannot be read at the moment: ${thrownMessage(cause)}`,
    {
      hint: 'Try again later; the operator finds the reason in the log.',
      cause,
    },
  );
}

/** Milliseconds since 1970. Servers of earlier versions in the same room expire ids by it. */
export const timeHeader = 'Chat-Time';
/** Of a change: `Append.original` in base64, since the message that it changes is deleted from the stream. */
export const originalHeader = 'Chat-Original';

type FromStream = {
  readonly subject: string;
  readonly seq: number;
  readonly data: Uint8Array;
  readonly headers?: MsgHdrs | undefined;
};

/** A message of the stream. */
export type StoredMessage = {
  readonly entry: Entry;
  readonly author: string;
  readonly id: string;
};

/** The same bytes in every server. Undefined if the message was not written by a chat server. */
export function readStored(
  streamSubject: string,
  { subject, seq, data, headers }: FromStream,
): StoredMessage | undefined {
  try {
    const { from, id, detail: { room, kind } = plainPlacement } = decodeMessage(data);
    const isNew = subject === newRoomSubject(streamSubject) && kind === messageKind.room;
    const placement: Pick<Append, 'room' | 'kind'> = { room: isNew ? 'new' : room, kind };
    if (from === '' || subjectOf(streamSubject, placement) !== subject) return undefined;
    const encoded = isChange(kind) ? headers?.get(originalHeader) : undefined;
    const original = encoded && { original: Buffer.from(encoded, 'base64') };
    return { entry: { ...entryOf(placement, data, seq), ...original }, author: from, id };
  } catch {
    return undefined;
  }
}

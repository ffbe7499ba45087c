import { setTimeout as wait } from 'node:timers/promises';
import type { JetStreamManager, StoredMsg } from '@nats-io/jetstream';
import { ChatError } from '../../../shared/errors.js';
import { thrownMessage } from '../../../shared/thrown-message.js';
import { lobby, messageKind, plainPlacement } from '../../../shared/message.js';
import type { EntryRange } from '../log-tail.js';
import { decodeMessage, encodeEntry } from '../../../shared/codec.js';
import { isOfRoom, type Entry } from '../../messages/message-log.js';
import { subjectOf } from './stream-config.js';

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
 * message and grows while a round finds few.
 */
export function createStreamReader(
  { direct, streams }: Pick<JetStreamManager, 'direct' | 'streams'>,
  stream: string,
  subject: string,
): StreamReader {
  type Query = { readonly seq: number; readonly next_by_subj?: string };

  const find = async (query: Query, deadline: number): Promise<StoredMsg | null> => {
    for (;;) {
      try {
        // Replicas may lag: only the leader knows that a message is missing.
        return (await direct.getMessage(stream, query)) ?? (await streams.getMessage(stream, query));
      } catch (error) {
        if (performance.now() > deadline) throw unreadable(error);
        await wait(retryDelayMs);
      }
    }
  };

  /** Oldest first; undefined if there are too many. */
  const readStride = async (
    { from, to }: Stride,
    room: number | undefined,
    deadline: number,
  ): Promise<readonly StoredMessage[] | undefined> => {
    const messages: StoredMessage[] = [];
    const roomSubject = subjectOf(subject, { room: room ?? lobby, kind: messageKind.message });
    for (let seq = from, reads = 0; seq <= to; reads++) {
      if (reads > maxPerStride) return undefined;
      const query = from === to ? { seq } : { seq, next_by_subj: roomSubject };
      const found = await find(query, deadline);
      if (!found || found.seq > to) break;
      const message = readStored(subject, { subject: found.subject, seq: found.seq, data: found.data });
      if (message && isOfRoom(message.entry, room)) messages.push(message);
      seq = found.seq + 1;
    }
    return messages;
  };

  return async ({ from, to, newestFirst, maxCount, maxBytes, room }) => {
    const deadline = performance.now() + readTimeoutMs;
    const messages: StoredMessage[] = [];
    let bytes = 0;
    let length = 1;
    for (let rest = { from, to }; rest.from <= rest.to && messages.length < maxCount;) {
      const averageBytes = messages.length === 0 ? assumedMessageBytes : bytes / messages.length;
      const wanted = Math.max(1, Math.ceil((maxBytes - bytes) / averageBytes));
      const concurrent = length === 1 ? maxConcurrentReads : maxConcurrentStrides;
      const count = Math.min(concurrent, wanted, maxCount - messages.length);
      const strides = stridesOf(rest, newestFirst, count, length);
      const read = await Promise.all(strides.map((stride) => readStride(stride, room, deadline)));
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
      if (room !== undefined && found.length < count / strideFactor) length *= strideFactor;
    }
    return messages;
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

type FromStream = {
  readonly subject: string;
  readonly seq: number;
  readonly data: Uint8Array;
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
  { subject, seq, data }: FromStream,
): StoredMessage | undefined {
  try {
    const { from, id, detail = plainPlacement } = decodeMessage(data);
    if (from === '' || subjectOf(streamSubject, detail) !== subject) return undefined;
    const { room, kind } = detail;
    return { entry: { sequence: seq, room, kind, bytes: encodeEntry(data, seq) }, author: from, id };
  } catch {
    return undefined;
  }
}

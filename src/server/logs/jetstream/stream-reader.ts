import { setTimeout as wait } from 'node:timers/promises';
import type { JetStreamManager, StoredMsg } from '@nats-io/jetstream';
import { ChatError } from '../../../shared/errors.js';
import { thrownMessage } from '../../../shared/thrown-message.js';
import type { EntryRange } from '../log-tail.js';
import { decodeMessage, encodeEntry } from '../../../shared/codec.js';
import type { Entry } from '../../room/message-log.js';

/** Reads messages that are no longer in memory. Missing and foreign messages are left out. */
export type StreamReader = (range: EntryRange) => Promise<readonly StoredMessage[]>;

/** With the largest images, 130 MB in flight. */
const maxConcurrentReads = 32;
/** The assumed size of a message until some have been read. */
const assumedMessageBytes = 16 * 1024;
const readTimeoutMs = 4500;
const retryDelayMs = 200;

/** The reader rejects with `store-unavailable` if NATS does not answer. */
export function createStreamReader(
  { direct, streams }: Pick<JetStreamManager, 'direct' | 'streams'>,
  stream: string,
  subject: string,
): StreamReader {
  const find = async (seq: number): Promise<StoredMsg | null> =>
    // A replica may lag behind: only the leader can say that a message is missing.
    (await direct.getMessage(stream, { seq })) ?? (await streams.getMessage(stream, { seq }));

  const readOne = async (sequence: number, deadline: number): Promise<StoredMessage | undefined> => {
    for (;;) {
      try {
        const found = await find(sequence);
        if (found?.subject !== subject) return undefined;
        return readStored({ subject, seq: found.seq, data: found.data });
      } catch (error) {
        if (performance.now() > deadline) throw unreadable(error);
        await wait(retryDelayMs);
      }
    }
  };

  return async ({ from, to, newestFirst, maxCount, maxBytes }) => {
    const deadline = performance.now() + readTimeoutMs;
    const messages: StoredMessage[] = [];
    let bytes = 0;
    let next = newestFirst ? to : from;
    while (next >= from && next <= to && messages.length < maxCount) {
      const averageBytes = messages.length === 0 ? assumedMessageBytes : bytes / messages.length;
      const left = newestFirst ? next - from + 1 : to - next + 1;
      const wanted = Math.max(1, Math.ceil((maxBytes - bytes) / averageBytes));
      const size = Math.min(maxConcurrentReads, left, wanted, maxCount - messages.length);
      const step = newestFirst ? -1 : 1;
      const start = next;
      const sequences = Array.from({ length: size }, (_, index) => start + index * step);
      for (const message of await Promise.all(sequences.map((sequence) => readOne(sequence, deadline)))) {
        if (!message) continue;
        const { length } = message.entry.bytes;
        if (messages.length > 0 && bytes + length > maxBytes) return messages;
        messages.push(message);
        bytes += length;
      }
      next += size * step;
    }
    return messages;
  };
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

/** Undefined if the message was not written by a chat server. Every server encodes the same bytes from it. */
export function readStored({ seq, data }: FromStream): StoredMessage | undefined {
  try {
    const { from, id } = decodeMessage(data);
    if (from === '') return undefined;
    return { entry: { sequence: seq, bytes: encodeEntry(data, seq) }, author: from, id };
  } catch {
    return undefined;
  }
}

import { setTimeout as wait } from 'node:timers/promises';
import type { JetStreamManager, StoredMsg } from '@nats-io/jetstream';
import { ChatError } from '../../../shared/errors.js';
import { thrownMessage } from '../../../shared/thrown-message.js';
import type { EntryRange } from '../tail-reader.js';
import { decodeMessage, encodeEntry } from '../../../shared/codec.js';
import type { Entry } from '../../room/message-log.js';

/** Reads what is no longer in memory. What the stream no longer has, or is none of ours, is left out. */
export type StreamReader = (range: EntryRange) => Promise<readonly StoredMessage[]>;

/** So many messages are asked for at once, at most: with the largest images, 130 MB on their way. */
const maxWindow = 32;
/** A message is taken to be so large, in bytes, until some were read. */
const firstGuess = 16 * 1024;
/** A read gives up after so many milliseconds. */
const patience = 4500;
const retryDelayMs = 200;

/** Makes a reader. It rejects with `store-unavailable` where NATS does not answer. */
export function createStreamReader(
  { direct, streams }: Pick<JetStreamManager, 'direct' | 'streams'>,
  stream: string,
  subject: string,
): StreamReader {
  const find = async (seq: number): Promise<StoredMsg | null> =>
    // A replica may lag behind: only the leader's word counts where something is missing.
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
    const deadline = performance.now() + patience;
    const messages: StoredMessage[] = [];
    let bytes = 0;
    let next = newestFirst ? to : from;
    while (next >= from && next <= to && messages.length < maxCount) {
      const average = messages.length === 0 ? firstGuess : bytes / messages.length;
      const left = newestFirst ? next - from + 1 : to - next + 1;
      const wanted = Math.max(1, Math.ceil((maxBytes - bytes) / average));
      const size = Math.min(maxWindow, left, wanted, maxCount - messages.length);
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

/**
 * The header with the time at which a server passed a message on, in milliseconds since 1970. Servers of earlier versions
 * in the same room forget ids by it.
 */
export const timeHeader = 'Chat-Time';

/** What a stream gives back, by whatever way it is read. */
export type FromStream = {
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

/**
 * Reads a message of the stream; undefined if it is none of ours, which whoever may write to NATS can put there. Every
 * server makes the same bytes of it.
 */
export function readStored({ seq, data }: FromStream): StoredMessage | undefined {
  try {
    const { from, id } = decodeMessage(data);
    if (from === '') return undefined;
    return { entry: { sequence: seq, bytes: encodeEntry(data, seq) }, author: from, id };
  } catch {
    return undefined;
  }
}

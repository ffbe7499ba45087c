import { decodeMessage, encodeEntry } from '../../../shared/codec.js';
import type { Entry } from '../../room/message-log.js';

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

import type { MsgHdrs } from '@nats-io/transport-node';
import { decodeMessage, encodeEntry } from '../../../shared/codec.js';
import type { Entry } from '../../room/message-log.js';

/** The header with the time at which a server passed a message on, in milliseconds since 1970. */
export const timeHeader = 'Chat-Time';

/** What a stream gives back, by whatever way it is read. */
export type FromStream = {
  readonly subject: string;
  readonly seq: number;
  readonly data: Uint8Array;
  readonly headers: MsgHdrs | undefined;
};

/** A message of the stream. */
export type StoredMessage = {
  readonly entry: Entry;
  readonly author: string;
  readonly id: string;
  readonly time: number;
};

/**
 * Reads a message of the stream; undefined if it is none of ours, which whoever may write to NATS can put there. Every
 * server makes the same bytes of it.
 */
export function readStored({ seq, data, headers }: FromStream): StoredMessage | undefined {
  try {
    const { from, id } = decodeMessage(data);
    if (from === '') return undefined;
    const time = Number(headers?.get(timeHeader) ?? 0);
    return { entry: { sequence: seq, bytes: encodeEntry(data, seq) }, author: from, id, time };
  } catch {
    return undefined;
  }
}

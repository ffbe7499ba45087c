import { encodeEntry, encodeUnsequenced } from '../../src/shared/codec.js';
import { contentType } from '../../src/shared/message.js';
import { encodeText } from '../../src/shared/text.js';

/** A valid entry of a batch. */
export function goodEntry(sequence: number, text = `text ${sequence}`): Uint8Array {
  const message = { id: '', from: 'user2', timestamp: 1_700_000_000_000, type: contentType.text };
  return encodeEntry(encodeUnsequenced({ ...message, content: encodeText(text) }), sequence);
}

/** An entry with a valid length prefix. */
export function framedEntry(...bytes: readonly number[]): Uint8Array {
  return Uint8Array.from([0x0a, bytes.length, ...bytes]);
}

/** Entries that a strict decoder rejects. */
export const brokenEntries: Readonly<Record<string, Uint8Array>> = {
  'a field cut off': framedEntry(0x12, 50, 0x61),
  'field number 0': framedEntry(0x02, 1, 0x61),
  'an unterminated group': framedEntry(0x0b, 0x08, 1),
  'nested groups': framedEntry(...Array<number>(60).fill(0x0b), ...Array<number>(60).fill(0x0c)),
  'a varint of 11 bytes': framedEntry(0x08, ...Array<number>(10).fill(0x80), 1),
  'a negative length': framedEntry(0x12, ...Array<number>(9).fill(0xff), 1),
  'sequence 2^53': framedEntry(0x12, 1, 0x61, 0x28, ...Array<number>(7).fill(0x80), 0x10),
  'sequence 2^53 - 1': framedEntry(0x12, 1, 0x61, 0x28, ...Array<number>(7).fill(0xff), 0x0f),
  'sequence 2^64 - 1': framedEntry(0x12, 1, 0x61, 0x28, ...Array<number>(9).fill(0xff), 1),
  nothing: framedEntry(),
};

/** A batch with an entry that is longer than the batch. */
export const cutOff = Uint8Array.from([0x0a, 50, 0x12]);

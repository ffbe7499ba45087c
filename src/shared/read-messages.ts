import { lobby, messageKind, type Message, type Placement } from './message.js';
import { maxNameBytes } from './presence-update.js';
import { readEntries, type ReadList } from './read-entries.js';
import { boundedText } from './text.js';
import { WireReader, wireType } from './wire-reader.js';

/** For an encoded `ChatMessage`: the default limit of gRPC, and its envelope. */
const maxMessageBytes = 4 * 1024 * 1024 + 64 * 1024;

/** No log grows that long. A higher sequence is malformed, and would hide all that follow it. */
export const maxSequence = 2 ** 48;

/** The maximum time value of a `Date`. */
const maxTimestampMs = 8.64e15;

const maxIdBytes = 64;

const { varint, bytes: lengthDelimited } = wireType;

/** The well-formed entries of a `ChatMessages`. Invalid UTF-8 becomes U+FFFD; overlong names and ids are cut. */
export function readMessages(
  bytes: Uint8Array,
  maxMessages: number,
): Generator<undefined, ReadList<Message>, void> {
  return readEntries(bytes, {
    maxEntries: maxMessages,
    read: (entry) => readMessage(entry, bytes.length),
  });
}

function readMessage(entry: Uint8Array, batchBytes: number): Message | undefined {
  if (entry.length === 0 || entry.length > maxMessageBytes) return undefined;
  const reader = new WireReader(entry);
  let timestamp = 0;
  let type = 0;
  let sequence = 0;
  let content = noBytes;
  let from = noBytes;
  let id = noBytes;
  let detail: Placement | undefined;
  while (!reader.isAtEnd) {
    const tag = reader.tag();
    if (tag === undefined) return undefined;
    const value = reader.skip(tag);
    if (value === undefined) return undefined;
    switch (tag) {
      case (1 << 3) | varint:
        timestamp = Math.min(value, maxTimestampMs);
        break;
      case (2 << 3) | lengthDelimited:
        content = reader.skipped(value);
        break;
      case (3 << 3) | varint:
        type = value <= 0x7fffffff ? value : 0;
        break;
      case (4 << 3) | lengthDelimited:
        from = reader.skipped(value);
        break;
      case (5 << 3) | varint:
        sequence = value;
        break;
      case (6 << 3) | lengthDelimited:
        id = reader.skipped(value);
        break;
      case (7 << 3) | lengthDelimited:
        detail = readPlacement(reader.skipped(value));
        if (!detail) return undefined;
    }
  }
  if (sequence > maxSequence) return undefined;
  // Spreading them from an object took five times as long as all the rest.
  const message = {
    timestamp,
    type,
    sequence,
    content: ownBytes(content, batchBytes),
    from: boundedText(from, maxNameBytes),
    id: boundedText(id, maxIdBytes),
  };
  return detail ? { ...message, detail } : message;
}

/** Only the room and the kind of a `Detail`; the last of repeated fields counts. */
function readPlacement(detail: Uint8Array): Placement | undefined {
  const reader = new WireReader(detail);
  let [room, kind]: [number, number] = [lobby, messageKind.message];
  while (!reader.isAtEnd) {
    const tag = reader.tag();
    const value = tag === undefined ? undefined : reader.skip(tag);
    if (value === undefined) return undefined;
    if (tag === ((1 << 3) | varint)) room = value;
    if (tag === ((2 << 3) | varint)) kind = value;
  }
  return { room, kind };
}

const noBytes: Uint8Array = new Uint8Array(0);

/** Copies a small part, since a view would keep the whole batch in memory. */
function ownBytes(view: Uint8Array, batchBytes: number): Uint8Array {
  return view.length >= batchBytes / 2 ? view : new Uint8Array(view);
}

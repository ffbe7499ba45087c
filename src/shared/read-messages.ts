import type { Online } from './extension-codec.js';
import type { Message } from './message.js';
import { readEntries, type ReadList } from './read-entries.js';
import { decodeText } from './text.js';
import { WireReader, wireType } from './wire-reader.js';

/** For an encoded `ChatMessage`: the default limit of gRPC, and its envelope. */
const maxMessageBytes = 4 * 1024 * 1024 + 64 * 1024;

/** No log grows that long. A higher sequence is malformed, and would hide all that follow it. */
export const maxSequence = 2 ** 48;

/** The maximum time value of a `Date`. */
const maxTimestampMs = 8.64e15;

const maxNameBytes = 256;
const maxIdBytes = 64;
const maxProblemBytes = 200;

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

/** The well-formed entries of an `Online`, and its storage problem. */
export function* readOnline(
  bytes: Uint8Array,
  maxNames: number,
): Generator<undefined, ReadList<string> & Pick<Online, 'storageProblem'>, void> {
  let problem = noBytes;
  const names = yield* readEntries(bytes, {
    maxEntries: maxNames,
    read: readUserName,
    onOther(tag, field) {
      if (tag === ((2 << 3) | lengthDelimited)) problem = field;
    },
  });
  const storageProblem = problem.length === 0 ? undefined : boundedText(problem, maxProblemBytes);
  return { ...names, storageProblem };
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
    }
  }
  if (sequence > maxSequence) return undefined;
  // Spreading them from an object took five times as long as all the rest.
  return {
    timestamp,
    type,
    sequence,
    content: ownBytes(content, batchBytes),
    from: boundedText(from, maxNameBytes),
    id: boundedText(id, maxIdBytes),
  };
}

function readUserName(entry: Uint8Array): string | undefined {
  const reader = new WireReader(entry);
  let name = noBytes;
  while (!reader.isAtEnd) {
    const tag = reader.tag();
    const length = tag === undefined ? undefined : reader.skip(tag);
    if (length === undefined) return undefined;
    if (tag === ((1 << 3) | lengthDelimited)) name = reader.skipped(length);
  }
  return name.length === 0 ? undefined : boundedText(name, maxNameBytes);
}

const noBytes: Uint8Array = new Uint8Array(0);

/** Copies a small part, since a view would keep the whole batch in memory. */
function ownBytes(view: Uint8Array, batchBytes: number): Uint8Array {
  return view.length >= batchBytes / 2 ? view : new Uint8Array(view);
}

function boundedText(bytes: Uint8Array, maxBytes: number): string {
  return bytes.length <= maxBytes ? decodeText(bytes) : `${decodeText(bytes.subarray(0, maxBytes))}…`;
}

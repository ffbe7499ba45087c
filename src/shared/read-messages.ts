import {
  lobby,
  messageKind,
  type Detail,
  type MemberChange,
  type Message,
  type Reaction,
  type RoomChange,
} from './message.js';
import { readEntries, type ReadList } from './read-entries.js';
import { boundedText, maxNameBytes, maxTopicBytes } from './text.js';
import { readFields, WireReader, wireType } from './wire-reader.js';

/** For an encoded `ChatMessage`: the default limit of gRPC, and its envelope. */
const maxMessageBytes = 4 * 1024 * 1024 + 64 * 1024;

/** No log grows that long. A higher sequence is malformed, and would hide all that follow it. */
export const maxSequence = 2 ** 48;

/** The maximum time value of a `Date`. */
export const maxTimestampMs = 8.64e15;

const maxIdBytes = 64;

/** Of a user, and of a message. Our servers send fewer. */
const [maxEmoji, maxReactions, maxReactionNames] = [20, 50, 100];
/** A server accepts fewer. */
const maxMentions = 100;

const { varint, bytes: lengthDelimited } = wireType;

/** The entries of a `ChatMessages`; `upTo`: the cursor after them, or 0. */
export type ReadBatch = ReadList<Message> & { readonly upTo: number };

const upToTag = (2 << 3) | varint;

/** The well-formed entries of a `ChatMessages`. Invalid UTF-8 becomes U+FFFD; overlong names and ids are cut. */
export function* readMessages(bytes: Uint8Array, maxMessages: number): Generator<undefined, ReadBatch, void> {
  let upTo = 0;
  const list = yield* readEntries(bytes, {
    maxEntries: maxMessages,
    read: (entry) => readMessage(entry, bytes.length),
    onOther(tag, value) {
      if (tag === upToTag && value <= maxSequence) upTo = value;
    },
  });
  return { ...list, upTo };
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
  let detail: Detail | undefined;
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
        detail = readDetail(reader.skipped(value));
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

/** The last of repeated fields counts; fields that the client does not use are left out. */
function readDetail(detail: Uint8Array): Detail | undefined {
  const reader = new WireReader(detail);
  let [room, kind, replyTo]: [number, number, number] = [lobby, messageKind.message, 0];
  let roomChange: RoomChange | undefined;
  let memberChange: MemberChange | undefined;
  let change: MessageState = {};
  const mentions: string[] = [];
  while (!reader.isAtEnd) {
    const tag = reader.tag();
    const value = tag === undefined ? undefined : reader.skip(tag);
    if (value === undefined) return undefined;
    if (tag === ((1 << 3) | varint)) room = value;
    else if (tag === ((2 << 3) | varint)) kind = value;
    else if (tag === ((4 << 3) | varint)) replyTo = value;
    else if (tag === ((5 << 3) | lengthDelimited)) {
      if (mentions.length < maxMentions) mentions.push(boundedText(reader.skipped(value), maxNameBytes));
    } else if (tag === ((8 << 3) | lengthDelimited)) roomChange = readRoomChange(reader.skipped(value));
    else if (tag === ((9 << 3) | lengthDelimited)) memberChange = readMemberChange(reader.skipped(value));
    else if (tag !== undefined) change = withField(change, tag, value, reader);
  }
  return {
    ...{ room, kind },
    ...change,
    ...(replyTo > 0 && replyTo <= maxSequence && { replyTo }),
    ...(mentions.length > 0 && { mentions }),
    ...(roomChange && { roomChange }),
    ...(memberChange && { memberChange }),
  };
}

type MessageState = Pick<Detail, 'target' | 'emoji' | 'moderated' | 'edited' | 'deleted' | 'reactions'>;

/** What changes a message, or what it is after changes. Malformed and surplus reactions are left out. */
function withField(state: MessageState, tag: number, value: number, reader: WireReader): MessageState {
  const { emoji = [], reactions = [] } = state;
  switch (tag) {
    case (3 << 3) | varint:
      return value > 0 && value <= maxSequence ? { ...state, target: value } : state;
    case (6 << 3) | lengthDelimited:
      if (emoji.length >= maxEmoji) return state;
      return { ...state, emoji: [...emoji, boundedText(reader.skipped(value), maxIdBytes)] };
    case (12 << 3) | varint:
      return value > 0 ? { ...state, moderated: true } : state;
    case (16 << 3) | varint:
      return value > 0 ? { ...state, edited: Math.min(value, maxTimestampMs) } : state;
    case (17 << 3) | varint:
      return value > 0 ? { ...state, deleted: true } : state;
    case (18 << 3) | lengthDelimited: {
      const reaction = reactions.length < maxReactions ? readReaction(reader.skipped(value)) : undefined;
      return reaction ? { ...state, reactions: [...reactions, reaction] } : state;
    }
    default:
      return state;
  }
}

/** Undefined if it is malformed. */
function readReaction(bytes: Uint8Array): Reaction | undefined {
  const reader = new WireReader(bytes);
  let [emoji, count] = ['', 0];
  const names: string[] = [];
  while (!reader.isAtEnd) {
    const tag = reader.tag();
    const value = tag === undefined ? undefined : reader.skip(tag);
    if (value === undefined) return undefined;
    if (tag === ((1 << 3) | lengthDelimited)) emoji = boundedText(reader.skipped(value), maxIdBytes);
    else if (tag === ((2 << 3) | lengthDelimited) && names.length < maxReactionNames)
      names.push(boundedText(reader.skipped(value), maxNameBytes));
    else if (tag === ((3 << 3) | varint)) count = value;
  }
  return { emoji, names, count };
}

/** Undefined if it is malformed. Without the members, which `Rooms.members` returns as they are now. */
function readRoomChange(bytes: Uint8Array): RoomChange | undefined {
  const fields = readFields(bytes);
  if (!fields) return undefined;
  const { numbers, texts } = fields;
  return {
    what: numbers.get(1) ?? 0,
    name: boundedText(texts.get(2) ?? noBytes, maxNameBytes),
    topic: boundedText(texts.get(3) ?? noBytes, maxTopicBytes),
    type: numbers.get(4) ?? 0,
    past: numbers.get(5) ?? 0,
    members: [],
  };
}

/** Undefined if it is malformed. */
function readMemberChange(bytes: Uint8Array): MemberChange | undefined {
  const fields = readFields(bytes);
  if (!fields) return undefined;
  const { numbers, texts } = fields;
  return {
    what: numbers.get(1) ?? 0,
    name: boundedText(texts.get(2) ?? noBytes, maxNameBytes),
    account: boundedText(texts.get(3) ?? noBytes, maxIdBytes),
    until: Math.min(numbers.get(4) ?? 0, maxTimestampMs),
    role: numbers.get(5) ?? 0,
  };
}

const noBytes: Uint8Array = new Uint8Array(0);

/** Copies a small part, since a view would keep the whole batch in memory. */
function ownBytes(view: Uint8Array, batchBytes: number): Uint8Array {
  return view.length >= batchBytes / 2 ? view : new Uint8Array(view);
}

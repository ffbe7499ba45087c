import { ChatError } from '../../shared/errors.js';
import { messageKind } from '../../shared/message.js';
import { wireType, WireReader } from '../../shared/wire-reader.js';

/** The largest message has fewer than ten; later versions may add some. */
const maxFields = 64;

/** `ChatMessage.detail`. */
const detailField = 7;
const detailFields = { room: 1, kind: 2, replyTo: 4, mentions: 5 } as const;
const maxMentions = 50;
/** More than a name has. */
const maxMentionBytes = 64;

/**
 * Throws `message-refused` for a message with too many fields (decoding 4 MB of empty ones would take seconds) or with a
 * `detail`, which may be for another room.
 */
export function checkMessageFields(message: Uint8Array): void {
  eachField(message, (field) => {
    if (field === detailField) refuse('sendMessage takes plain messages to the lobby, without a detail');
  });
}

/** As `checkMessageFields`, for a message that may have one `detail` with a room, what it replies to and mentions. */
export function checkPostFields(message: Uint8Array): void {
  let details = 0;
  eachField(message, (field, type, value, end) => {
    if (field !== detailField) return;
    if (type !== wireType.bytes) refuse(notProtobuf);
    if (++details > 1) refuse('the message has more than one detail');
    checkDetail(message.subarray(end - value, end));
  });
}

/** Throws `message-refused` for a request with too many fields, or malformed ones. */
export function checkFieldCount(request: Uint8Array): void {
  eachField(request, () => undefined);
}

function checkDetail(detail: Uint8Array): void {
  const { room, kind, replyTo, mentions } = detailFields;
  let names = 0;
  eachField(detail, (field, type, value) => {
    if (field === mentions && type === wireType.bytes && value <= maxMentionBytes) {
      if (++names > maxMentions) refuse(`a message mentions at most ${maxMentions} users`);
      return;
    }
    const isKnown = field === room || field === replyTo || (field === kind && value === messageKind.message);
    if (type !== wireType.varint || !isKnown)
      refuse('the detail of a post has a room, a reply_to and mentions only');
  });
}

/** `value`: that of a varint, else the length; the field ends before `end`. */
type Visit = (field: number, type: number, value: number, end: number) => void;

function eachField(message: Uint8Array, visit: Visit): void {
  const reader = new WireReader(message);
  for (let fields = 0; !reader.isAtEnd; fields++) {
    if (fields === maxFields) refuse('the message has too many fields');
    const tag = reader.tag();
    const value = tag === undefined ? undefined : reader.skip(tag);
    if (tag === undefined || value === undefined) return refuse(notProtobuf);
    visit(Math.floor(tag / 8), tag % 8, value, reader.position);
  }
}

const notProtobuf = 'the request is not valid protobuf';

function refuse(reason: string): never {
  throw new ChatError('message-refused', reason);
}

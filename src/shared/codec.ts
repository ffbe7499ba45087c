import { chat, qtgrpc } from './generated/messages.js';
import {
  messageKind,
  plainPlacement,
  type Detail as MessageDetail,
  type Draft,
  type MemberChange,
  type Message,
  type Participant,
  type Reaction,
  type RoomChange,
} from './message.js';
import { decoded, plainNumber } from './protobuf-values.js';

const { ChatMessage, ChatMessages } = qtgrpc.examples.chat;
const { Detail } = chat.v1;

/** The encoding of `None`, and of a `ChatMessages` without messages. */
export const emptyMessage: Uint8Array = new Uint8Array(0);

// Protobuf tags: field number << 3 | wire type.
const messagesTag = (1 << 3) | 2;
const sequenceTag = (5 << 3) | 0;
const upToTag = (2 << 3) | 0;

export function encodeDraft({ timestamp, content, type, id }: Draft): Uint8Array {
  return ChatMessage.encode({ timestamp, content, type, id }).finish();
}

/** A `ChatMessage` without its sequence, which the log assigns. */
export function encodeUnsequenced({
  timestamp,
  content,
  type,
  from,
  id,
  detail,
}: Omit<Message, 'sequence'>): Uint8Array {
  const encodable = detail && { detail: encodableDetail(detail) };
  return ChatMessage.encode({ timestamp, content, type, from, id, ...encodable }).finish();
}

/**
 * An entry as a log stores it: a `ChatMessages` with this message only. The joined bytes of entries are therefore a
 * batch, and fan-out encodes nothing. The sequence comes last, since protobuf fields may be in any order.
 */
export function encodeEntry(unsequenced: Uint8Array, sequence: number): Uint8Array {
  const sequenceLength = 1 + varintLength(sequence);
  const messageLength = unsequenced.length + sequenceLength;
  const headerLength = 1 + varintLength(messageLength);
  const entry = new Uint8Array(headerLength + messageLength);
  entry[0] = messagesTag;
  writeVarint(entry, 1, messageLength);
  entry.set(unsequenced, headerLength);
  entry[headerLength + unsequenced.length] = sequenceTag;
  writeVarint(entry, headerLength + unsequenced.length + 1, sequence);
  return entry;
}

/** As `encodeEntry`, of the entry that creates a room: the number of the room is the sequence. */
export function encodeCreation(unsequenced: Uint8Array, sequence: number): Uint8Array {
  const { detail = plainPlacement, ...message } = decodeMessage(unsequenced);
  return encodeEntry(encodeUnsequenced({ ...message, detail: { ...detail, room: sequence } }), sequence);
}

/** A `ChatMessages` without messages that says how far the log was sent. */
export function encodeUpTo(sequence: number): Uint8Array {
  if (sequence === 0) return emptyMessage;
  const bytes = new Uint8Array(1 + varintLength(sequence));
  bytes[0] = upToTag;
  writeVarint(bytes, 1, sequence);
  return bytes;
}

/** Throws `message-refused` if the bytes are not a `ChatMessage`. */
export function decodeMessage(bytes: Uint8Array): Message {
  return plainMessage(decoded('message', () => ChatMessage.decode(bytes)));
}

/** Throws `message-refused` if the bytes are not a `ChatMessages` (a batch or a single entry). */
export function decodeMessages(bytes: Uint8Array): Message[] {
  return decoded('list of messages', () => ChatMessages.decode(bytes)).messages.map(plainMessage);
}

/** As the field of a `Detail`. */
export function encodeReactions(reactions: readonly Reaction[]): Uint8Array {
  return Detail.encode({ reactions: reactions.map(encodableReaction) }).finish();
}

/** Throws `message-refused` if the bytes are none. */
export function decodeReactions(bytes: Uint8Array): readonly Reaction[] {
  return decoded('detail', () => Detail.decode(bytes)).reactions.map(plainReaction);
}

function plainMessage(message: qtgrpc.examples.chat.ChatMessage.$Properties): Message {
  return {
    sequence: plainNumber(message.sequence),
    id: message.id ?? '',
    from: message.from ?? '',
    timestamp: plainNumber(message.timestamp),
    type: message.type ?? 0,
    content: message.content ?? emptyMessage,
    ...(message.detail && { detail: plainDetail(message.detail) }),
  };
}

type EncodedDetail = chat.v1.Detail.$Properties;

function encodableDetail(detail: MessageDetail): EncodedDetail {
  const { roomChange, emoji, reactions, mentions, mentionedAccounts, ...rest } = detail;
  return {
    ...rest,
    ...(emoji && { emoji: [...emoji] }),
    ...(reactions && { reactions: reactions.map(encodableReaction) }),
    ...(mentions && { mentions: [...mentions] }),
    ...(mentionedAccounts && { mentionedAccounts: [...mentionedAccounts] }),
    ...(roomChange && { roomChange: { ...roomChange, members: [...roomChange.members] } }),
  };
}

/** Nothing in it has been checked. */
function plainDetail({
  room,
  kind,
  account,
  roomChange,
  memberChange,
  ...rest
}: EncodedDetail): MessageDetail {
  const replyTo = plainNumber(rest.replyTo);
  const target = plainNumber(rest.target);
  const edited = plainNumber(rest.edited);
  const mentions = rest.mentions ?? [];
  const mentionedAccounts = rest.mentionedAccounts ?? [];
  return {
    room: plainNumber(room),
    kind: kind ?? messageKind.message,
    ...(account && { account }),
    ...(replyTo > 0 && { replyTo }),
    ...(target > 0 && { target }),
    ...(rest.emoji && rest.emoji.length > 0 && { emoji: rest.emoji }),
    ...(rest.moderated && { moderated: true }),
    ...(edited > 0 && { edited }),
    ...(rest.deleted && { deleted: true }),
    ...(rest.reactions && rest.reactions.length > 0 && { reactions: rest.reactions.map(plainReaction) }),
    ...(mentions.length > 0 && { mentions }),
    ...(mentionedAccounts.length > 0 && { mentionedAccounts }),
    ...(roomChange && { roomChange: plainRoomChange(roomChange) }),
    ...(memberChange && { memberChange: plainMemberChange(memberChange) }),
  };
}

function encodableReaction({ names, ...reaction }: Reaction): chat.v1.Reaction.$Properties {
  return { ...reaction, names: [...names] };
}

function plainReaction({ emoji, names, count }: chat.v1.Reaction.$Properties): Reaction {
  return { emoji: emoji ?? '', names: names ?? [], count: count ?? 0 };
}

function plainRoomChange(change: chat.v1.RoomChange.$Properties): RoomChange {
  return {
    what: change.what ?? 0,
    name: change.name ?? '',
    topic: change.topic ?? '',
    type: change.type ?? 0,
    past: change.past ?? 0,
    members: (change.members ?? []).map(plainParticipant),
  };
}

function plainMemberChange(change: chat.v1.MemberChange.$Properties): MemberChange {
  return {
    ...plainParticipant(change),
    what: change.what ?? 0,
    until: plainNumber(change.until),
    role: change.role ?? 0,
  };
}

function plainParticipant({ account, name }: chat.v1.Participant.$Properties): Participant {
  return { account: account ?? '', name: name ?? '' };
}

function varintLength(value: number): number {
  let length = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) length++;
  return length;
}

function writeVarint(target: Uint8Array, offset: number, value: number): void {
  let position = offset;
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) target[position++] = (rest % 0x80) | 0x80;
  target[position] = rest;
}

import { decodeMessages, emptyMessage, encodeEntry, encodeUnsequenced } from '../../shared/codec.js';
import { plainPlacement, type Detail, type Message, type Reaction } from '../../shared/message.js';
import { maxDifferentEmoji, type OwnReaction } from '../../shared/message-rules.js';
import { placementOf, type Entry } from './message-log.js';

/** A message with another text. `time`: when it was edited, in milliseconds since 1970. */
export function editedMessage(message: Message, content: Uint8Array, time: number): Message {
  return { ...message, content, detail: { ...(message.detail ?? plainPlacement), edited: time } };
}

/** What remains of a deleted message, or of a change that has no effect any more: who wrote it when, and where. */
export function removed(message: Message): Message {
  const placed: Detail = message.detail ?? plainPlacement;
  const { room, kind, account, replyTo, target } = placed;
  const detail: Detail = {
    ...{ room, kind, deleted: true },
    ...(account !== undefined && { account }),
    ...(replyTo !== undefined && { replyTo }),
    ...(target !== undefined && { target }),
  };
  return { ...message, content: emptyMessage, detail };
}

/** A stored message, whose sequence is set. */
export function entryWith(message: Message): Entry {
  const { sequence } = message;
  return { sequence, ...placementOf(message), bytes: encodeEntry(encodeUnsequenced(message), sequence) };
}

/** The entry with the reactions to its message. */
export function withReactions(entry: Entry, reactions: readonly Reaction[]): Entry {
  const [message] = decodeMessages(entry.bytes);
  if (!message) return entry;
  return entryWith({ ...message, detail: { ...(message.detail ?? plainPlacement), reactions } });
}

/** Whether a message with these reactions can get this set of the user: it has at most 20 different emoji. */
export function hasPlaceFor(reactions: readonly Reaction[], { name, emoji }: OwnReaction): boolean {
  const isOnlyBy = (one: Reaction): boolean => one.count === 1 && one.names[0] === name;
  const kept = reactions.filter((one) => !isOnlyBy(one)).map((one) => one.emoji);
  return new Set([...kept, ...emoji]).size <= maxDifferentEmoji;
}

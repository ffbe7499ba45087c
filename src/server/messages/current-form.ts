import { decodeMessages, emptyMessage, encodeEntry, encodeUnsequenced } from '../../shared/codec.js';
import { plainPlacement, type Detail, type Message, type Reaction } from '../../shared/message.js';
import { placementOf, type Entry } from './message-log.js';

const maxDifferentEmoji = 20;
/** So that the reactions to a message take a few kilobytes, however many there are. */
const maxNames = 100;

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

/** Of one user to one message. */
export type OwnReaction = { readonly name: string; readonly emoji: readonly string[] };

/**
 * Replaces the reactions of a user. Emoji over the limit of a message are left out: the same on all servers that apply the
 * same changes in the same order. After removals there may be fewer names than people.
 */
export function reactedTo(
  reactions: readonly Reaction[],
  before: OwnReaction | undefined,
  after: OwnReaction,
): { readonly reactions: readonly Reaction[]; readonly kept: OwnReaction } {
  const changed = new Map(reactions.map((reaction) => [reaction.emoji, reaction]));
  const wanted = new Set(after.emoji);
  const had = new Set(before?.emoji);
  for (const emoji of had) {
    const reaction = changed.get(emoji);
    if (!reaction || wanted.has(emoji)) continue;
    const names = reaction.names.filter((name) => name !== before?.name);
    if (reaction.count > 1) changed.set(emoji, { emoji, names, count: reaction.count - 1 });
    else changed.delete(emoji);
  }
  for (const emoji of wanted) {
    if (had.has(emoji)) continue;
    const { names, count } = changed.get(emoji) ?? { names: [], count: 0 };
    if (count === 0 && changed.size >= maxDifferentEmoji) {
      wanted.delete(emoji);
      continue;
    }
    const named = names.length < maxNames ? [...names, after.name] : names;
    changed.set(emoji, { emoji, names: named, count: count + 1 });
  }
  return { reactions: [...changed.values()], kept: { name: after.name, emoji: [...wanted] } };
}

/** Whether a message with these reactions can get this set of the user: it has at most 20 different emoji. */
export function hasPlaceFor(reactions: readonly Reaction[], { name, emoji }: OwnReaction): boolean {
  const isOnlyBy = (one: Reaction): boolean => one.count === 1 && one.names[0] === name;
  const kept = reactions.filter((one) => !isOnlyBy(one)).map((one) => one.emoji);
  return new Set([...kept, ...emoji]).size <= maxDifferentEmoji;
}

import type { Reaction } from './message.js';

export const maxDifferentEmoji = 20;
/** So that the reactions to a message take a few kilobytes, however many there are. */
const maxNames = 100;

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

import { ChatError } from './errors.js';
import { contentType, type Draft, type Reaction } from './message.js';
import { pngSize } from './png.js';
import { decodeStrictText } from './text.js';

/** The maximum size of a message's content, in bytes. */
export type ContentLimits = { maxTextBytes: number; maxImageBytes: number };

/** The largest message that gRPC peers receive by default. */
export const maxGrpcMessageBytes = 4 * 1024 * 1024;

/** The maximum of either limit: such a message fits with its other fields. */
export const maxContentBytes = maxGrpcMessageBytes - 256;

export const defaultLimits: ContentLimits = { maxTextBytes: 16 * 1024, maxImageBytes: maxContentBytes };

export const maxImagePixels = 40_000_000;

export const maxClockLeadMs = 5 * 60 * 1000;

/** How long a server recognises a repeated message by its id. A later repeat could be stored again. */
export const dedupeWindowMs = 24 * 60 * 60 * 1000;

// Control characters other than tab, newline and return.
const controlCharacter = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/;
const controlCharacters = new RegExp(controlCharacter, 'g');
// No literal: the compiler's target does not have this flag, which Node 20 has.
const emojiPattern = new RegExp('^\\p{RGI_Emoji}$', 'v');
const idPattern = /^[!-~]{1,64}$/;

/** Throws `message-refused` or `message-too-large`, with the rule that the draft breaks and by how much. */
export function checkDraft(draft: Draft, limits: ContentLimits): void {
  checkId(draft.id);
  if (draft.type === contentType.text) checkText(draft.content, limits.maxTextBytes);
  else if (draft.type === contentType.image) checkImage(draft.content, limits.maxImageBytes);
  else reject(`unknown content type ${draft.type}: send text (1) or image (2)`);
}

/** Whether the text is one emoji that Unicode recommends for interchange (RGI). */
export function isEmoji(text: string): boolean {
  return emojiPattern.test(text);
}

export function removeControlCharacters(text: string): string {
  return text.replace(controlCharacters, '');
}

/** Throws `message-refused` unless `id` is absent or 1 to 64 characters from `!` to `~`. */
export function checkId(id: string): void {
  if (id !== '' && !idPattern.test(id))
    reject('the id must be 1 to 64 printable ASCII characters without spaces');
}

function checkText(content: Uint8Array, maxTextBytes: number): void {
  checkSize('text', content, maxTextBytes);
  const text = decodeStrictText(content);
  if (text === undefined) return reject('the text is not UTF-8');
  const control = controlCharacter.exec(text);
  if (control) reject(`the text contains the control character ${codePoint(control[0])}`);
}

export function checkImage(content: Uint8Array, maxImageBytes: number): void {
  checkSize('image', content, maxImageBytes);
  const size = pngSize(content);
  if (!size) return reject('the image is not a PNG');
  if (size.width * size.height > maxImagePixels) {
    reject(`the image is ${size.width}x${size.height}: over ${maxImagePixels / 1e6} megapixels`);
  }
}

function checkSize(what: string, content: Uint8Array, max: number): void {
  if (content.length === 0) reject(`the ${what} is empty`);
  if (content.length > max) {
    throw new ChatError('message-too-large', `the ${what} has ${content.length} bytes, the limit is ${max}`);
  }
}

function reject(reason: string): never {
  throw new ChatError('message-refused', reason);
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

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

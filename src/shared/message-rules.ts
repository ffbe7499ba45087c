import { ChatError } from './errors.js';
import { contentType, type Draft } from './message.js';
import { pngSize } from './png.js';
import { decodeStrictText } from './text.js';

/** How large a message's content may be, in bytes. */
export type ContentLimits = { maxText: number; maxImage: number };

/** The highest value either limit can be set to: with its other fields, a message fits into the 4 MiB that peers receive. */
export const highestLimit = 4 * 1024 * 1024 - 256;

/** 16 KiB of text, and the largest image that peers receive. */
export const defaultLimits: ContentLimits = { maxText: 16 * 1024, maxImage: highestLimit };

/** An image's width times height, at most. */
export const maxImagePixels = 40_000_000;

/** A message may claim to be written at most this much later than the server's clock says, in milliseconds. */
export const maxClockLead = 5 * 60 * 1000;

// Control characters other than tab, newline and return.
const controlCharacter = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/;
const controlCharacters = new RegExp(controlCharacter, 'g');
const idForm = /^[!-~]{1,64}$/;

/** Throws `message-refused` or `message-too-large`, saying which rule a draft breaks and by how much. */
export function checkDraft(draft: Draft, limits: ContentLimits): void {
  checkId(draft.id);
  if (draft.type === contentType.text) checkText(draft.content, limits.maxText);
  else if (draft.type === contentType.image) checkImage(draft.content, limits.maxImage);
  else refuse(`unknown content type ${draft.type}: send text (1) or image (2)`);
}

/** The text without the control characters that no message may hold. */
export function removeRefusedCharacters(text: string): string {
  return text.replace(controlCharacters, '');
}

/** Throws `message-refused` unless `id` is absent or 1 to 64 characters from `!` to `~`. */
export function checkId(id: string): void {
  if (id !== '' && !idForm.test(id))
    refuse('the id must be 1 to 64 printable ASCII characters without spaces');
}

/** Throws unless `content` is a text that may be sent. */
function checkText(content: Uint8Array, maxText: number): void {
  checkSize('text', content, maxText);
  const text = decodeStrictText(content);
  if (text === undefined) return refuse('the text is not UTF-8');
  const control = controlCharacter.exec(text);
  if (control) refuse(`the text holds the control character ${codePoint(control[0])}`);
}

/** Throws unless `content` is an image that may be sent. */
export function checkImage(content: Uint8Array, maxImage: number): void {
  checkSize('image', content, maxImage);
  const size = pngSize(content);
  if (!size) return refuse('the image is not a PNG');
  if (size.width * size.height > maxImagePixels) {
    refuse(`the image is ${size.width}x${size.height}: over ${maxImagePixels / 1e6} megapixels`);
  }
}

function checkSize(what: string, content: Uint8Array, max: number): void {
  if (content.length === 0) refuse(`the ${what} is empty`);
  if (content.length > max) {
    throw new ChatError('message-too-large', `the ${what} has ${content.length} bytes, the limit is ${max}`);
  }
}

function refuse(reason: string): never {
  throw new ChatError('message-refused', reason);
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

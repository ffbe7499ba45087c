import { foldText } from '../../../shared/fold-text.js';

/** Tells of a stored entry, read as text, whether the message in it may be a text that holds what is sought. */
export type TextSieve = (stored: string) => boolean;

/**
 * What follows the content in an entry as `encodeUnsequenced` writes it: the type (a text) and the author. A text and
 * a name hold no control characters like the first two of these, so the last place where they stand is this one.
 */
const afterContent = '\u0018\u0001"';

/** A mark at the beginning of a content may be composed with what stands before it in the entry. */
const leadingMarks = /^\p{M}+/u;

/**
 * Makes the sieve for a folded text. Nothing that holds it is ever refused, so an entry need be decoded only
 * if it passes. Protobuf's bytes around the content are below 0x80 where they touch it: so the content comes out of the
 * whole entry as it would by itself.
 */
export function createTextSieve(wanted: string): TextSieve {
  const part = wanted.replace(leadingMarks, '');
  const holds = (text: string): boolean => foldText(text).includes(part);
  return (stored) => {
    if (!holds(stored)) return false;
    const end = stored.lastIndexOf(afterContent);
    return end < 0 || holds(stored.slice(0, end));
  };
}

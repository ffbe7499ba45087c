const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Characters that never join (Latin, punctuation, tab, kana, Han, Hangul syllables) need no segmenter. */
const loneCharacters =
  /^[\t\x20-\x7e\xa0-\xac\xae-\u02ff\u2010-\u2027\u3041-\u3096\u30a1-\u30ff\u4e00-\u9fff\uac00-\ud7a3]*$/;
/** Also scripts in which only marks join with the character before: Greek to Hebrew, Arabic, Thai, Lao. */
const markedCharacters =
  /^[\x20-\x7e\xa0-\xac\xae-\u05ff\u0606-\u061b\u061d-\u06dc\u06de-\u06ff\u0750-\u077f\u0e00-\u0eff\u200c\u2010-\u2027\u3041-\u3096\u30a1-\u30ff\u4e00-\u9fff\uac00-\ud7a3]*$/;
const marked = /[^\p{M}\u0e33\u0eb3\u200c][\p{M}\u0e33\u0eb3\u200c]*|[\p{M}\u0e33\u0eb3\u200c]+/gu;

// Of the module, since measuring, wrapping and editing segment the same long text: apart, wrapping takes three times as long.
let last: Segmented = { text: '', parts: [] };
const minCachedLength = 1024;
const maxCachedLength = 131_072;

export function graphemes(text: string): readonly string[] {
  if (loneCharacters.test(text)) return text.split('');
  if (text.length < minCachedLength || text.length > maxCachedLength) return segment(text);
  if (last.text !== text) last = { text, parts: resegment(last, text, segment) };
  return last.parts;
}

export function graphemeStart(text: string, index: number): number {
  return segmenter.segment(text).containing(index)?.index ?? index;
}

export function graphemeEnd(text: string, index: number): number {
  const found = segmenter.segment(text).containing(index);
  return found ? found.index + found.segment.length : index;
}

function segment(text: string): readonly string[] {
  if (markedCharacters.test(text)) return text.match(marked) ?? [];
  return Array.from(segmenter.segment(text), (each) => each.segment);
}

/** May join with the character before it; half of a surrogate pair joins with the other half. */
const startsJoined = /^[\p{Grapheme_Extend}\p{M}\p{Emoji_Modifier}\p{Surrogate}\u200d]/u;

/** The graphemes of a text, in order. */
type Segmented = { readonly text: string; readonly parts: readonly string[] };

/** Whether two of them join to a flag depends on all before them. */
const betweenFlags = /^\p{Regional_Indicator}{2}$/u;

/** Segments only what differs from `before`: segmenting a long draft at each key press takes too long. */
export function resegment(
  before: Segmented,
  text: string,
  segment: (text: string) => readonly string[],
): readonly string[] {
  const shorter = Math.min(before.text.length, text.length);
  const head = commonHead(before.text, text, shorter);
  const tail = commonTail(before.text, text, shorter - head);
  const { parts } = before;

  // A boundary is known if the text is equal up to the whole next character.
  let kept = 0;
  let from = 0;
  for (let part = parts[0]; part !== undefined && from + part.length + 2 <= head; part = parts[kept]) {
    from += part.length;
    kept += 1;
  }

  // Or if the whole grapheme before is equal: only the rule of flags looks further back (UAX 29).
  let next = parts.length;
  let to = before.text.length;
  for (let part = parts.at(-1); part !== undefined && to - part.length >= before.text.length - tail;) {
    to -= part.length;
    next -= 1;
    part = next > 0 ? parts[next - 1] : undefined;
  }
  do {
    to += parts[next]?.length ?? 0;
    next += 1;
  } while (
    next < parts.length &&
    (startsJoined.test(parts[next - 1] ?? '') || betweenFlags.test(before.text.slice(to - 2, to + 2)))
  );

  const end = Math.min(text.length, to + text.length - before.text.length);
  return [...parts.slice(0, kept), ...segment(text.slice(from, end)), ...parts.slice(next)];
}

function commonHead(one: string, other: string, longest: number): number {
  let length = 0;
  while (length < longest && one.charCodeAt(length) === other.charCodeAt(length)) length += 1;
  return length;
}

function commonTail(one: string, other: string, longest: number): number {
  const at = one.length - 1;
  const otherAt = other.length - 1;
  let length = 0;
  while (length < longest && one.charCodeAt(at - length) === other.charCodeAt(otherAt - length)) length += 1;
  return length;
}

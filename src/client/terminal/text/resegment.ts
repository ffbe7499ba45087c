/** What joins with a character before it, where it has one now; half of a surrogate pair, with the other half. */
const startsJoined = /^[\p{Grapheme_Extend}\p{M}\p{Emoji_Modifier}\p{Surrogate}\u200d]/u;

/** A text and its graphemes, in order. */
export type Segmented = { readonly text: string; readonly parts: readonly string[] };

/** Two of them are one flag: whether they join depends on all flags before. */
const betweenFlags = /^\p{Regional_Indicator}{2}$/u;

/**
 * The graphemes of a text that differs little from one whose graphemes are known: only what differs is segmented,
 * since segmenting a long draft anew at each key takes longer than a key may.
 */
export function resegment(
  before: Segmented,
  text: string,
  segment: (text: string) => readonly string[],
): readonly string[] {
  const shorter = Math.min(before.text.length, text.length);
  const head = commonHead(before.text, text, shorter);
  const tail = commonTail(before.text, text, shorter - head);
  const { parts } = before;

  // A boundary stands where the text is the same up to the whole character behind it.
  let kept = 0;
  let from = 0;
  for (let part = parts[0]; part !== undefined && from + part.length + 2 <= head; part = parts[kept]) {
    from += part.length;
    kept += 1;
  }

  // And where the whole grapheme before it is the same: no rule but that of flags looks further back (UAX 29).
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

import { graphemeEnd, graphemeStart } from '../../terminal/text/graphemes.js';

/** A word; marks and joiners may continue it, but not start it. */
const word = /[\p{L}\p{N}_](?:[\p{L}\p{N}\p{M}_]|[\u200c\u200d](?=\p{L}))*/gu;
const blank = /\s/u;

export function previousGrapheme(text: string, index: number): number {
  return index === 0 ? 0 : graphemeStart(text.slice(0, index), index - 1);
}

export function nextGrapheme(text: string, index: number): number {
  return index + graphemeEnd(text.slice(index), 0);
}

/** The start of the word at or before `index`, as readline's backward-word. */
export function previousWord(text: string, index: number): number {
  const before = text.slice(0, index);
  let start = 0;
  for (const found of before.matchAll(word)) start = found.index;
  return graphemeStart(before, start);
}

/** The end of the word at or after `index`, as readline's forward-word. */
export function nextWord(text: string, index: number): number {
  const behind = text.slice(index);
  const [found] = behind.matchAll(word);
  if (!found) return text.length;
  return index + graphemeEnd(behind, found.index + found[0].length - 1);
}

/** The start of the word, delimited by white space, before `index`, as readline's unix-word-rubout (Ctrl+W). */
export function previousBlankWord(text: string, index: number): number {
  let end = index;
  while (end > 0 && blank.test(text.charAt(end - 1))) end -= 1;
  return blankWordStart(text, end);
}

export function blankWordStart(text: string, index: number): number {
  let start = index;
  while (start > 0 && !blank.test(text.charAt(start - 1))) start -= 1;
  return start;
}

export function lineStart(text: string, index: number): number {
  let start = index;
  while (start > 0 && !isLineBreak(text.charAt(start - 1))) start -= 1;
  return start;
}

export function lineEnd(text: string, index: number): number {
  let end = index;
  while (end < text.length && !isLineBreak(text.charAt(end))) end += 1;
  return end;
}

/** Text from a file may have CR or CRLF, which are sent unchanged. */
function isLineBreak(character: string): boolean {
  return character === '\n' || character === '\r';
}

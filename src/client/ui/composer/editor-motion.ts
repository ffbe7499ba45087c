import { graphemes } from '../../terminal/graphemes.js';

const wordCharacter = /[\p{L}\p{N}\p{M}_]/u;

/** The index one grapheme to the left of `index`. */
export function previousGrapheme(text: string, index: number): number {
  const line = Math.max(text.lastIndexOf('\n', index - 1), 0);
  const last = graphemes(text.slice(line, index)).at(-1);
  return index - (last?.length ?? 0);
}

/** The index one grapheme to the right of `index`. */
export function nextGrapheme(text: string, index: number): number {
  const end = text.indexOf('\n', index);
  const [first] = graphemes(text.slice(index, end < 0 ? undefined : end + 1));
  return index + (first?.length ?? 0);
}

/** The start of the word at or before `index`, as readline's backward-word. */
export function previousWord(text: string, index: number): number {
  let position = index;
  while (position > 0 && !isWordAt(text, previousGrapheme(text, position)))
    position = previousGrapheme(text, position);
  while (position > 0 && isWordAt(text, previousGrapheme(text, position)))
    position = previousGrapheme(text, position);
  return position;
}

/** The end of the word at or after `index`, as readline's forward-word. */
export function nextWord(text: string, index: number): number {
  let position = index;
  while (position < text.length && !isWordAt(text, position)) position = nextGrapheme(text, position);
  while (position < text.length && isWordAt(text, position)) position = nextGrapheme(text, position);
  return position;
}

/** The start of the white-space-delimited word before `index`, as readline's unix-word-rubout (Ctrl+W). */
export function previousBlankWord(text: string, index: number): number {
  const before = text.slice(0, index);
  return before.replace(/\S*\s*$/u, '').length;
}

/** The start of the line that holds `index`. */
export function lineStart(text: string, index: number): number {
  return text.lastIndexOf('\n', index - 1) + 1;
}

/** The end of the line that holds `index`, before its line break. */
export function lineEnd(text: string, index: number): number {
  const end = text.indexOf('\n', index);
  return end < 0 ? text.length : end;
}

/** The same column one line up, or undefined on the first line. Columns are counted in graphemes. */
export function lineAbove(text: string, index: number): number | undefined {
  const start = lineStart(text, index);
  if (start === 0) return undefined;
  return indexInLine(text, lineStart(text, start - 1), columnOf(text, start, index));
}

/** The same column one line down, or undefined on the last line. */
export function lineBelow(text: string, index: number): number | undefined {
  const end = lineEnd(text, index);
  if (end === text.length) return undefined;
  return indexInLine(text, end + 1, columnOf(text, lineStart(text, index), index));
}

function columnOf(text: string, start: number, index: number): number {
  return graphemes(text.slice(start, index)).length;
}

function indexInLine(text: string, start: number, column: number): number {
  const line = graphemes(text.slice(start, lineEnd(text, start)));
  return start + line.slice(0, column).join('').length;
}

function isWordAt(text: string, index: number): boolean {
  return wordCharacter.test(String.fromCodePoint(text.codePointAt(index) ?? 0x20));
}

import { findLinks } from '../../terminal/text/hyperlinks.js';

/** A part of a line with one style. */
export type Span = {
  readonly text: string;
  readonly bold?: boolean | undefined;
  readonly italic?: boolean | undefined;
  readonly code?: boolean | undefined;
  /** The URL that it belongs to. */
  readonly link?: string | undefined;
  /** Only says how the rest is shown. */
  readonly isMarker?: boolean | undefined;
};

/**
 * A line of a message. Its spans together are the line as it was typed. The first span of an `item` is its bullet or
 * number, that of a `quote` its marker. A `fence` begins or ends lines of `code`.
 */
export type TextLine = {
  readonly kind: 'plain' | 'item' | 'quote' | 'code' | 'fence';
  readonly spans: readonly Span[];
};

const fence = /^(`{3,}) *([\w+#.-]{0,20}) *$/;
const quoteMarker = /^>(?: |$)/;
const bullet = /^ {0,12}(?:[-*+•]|\d{1,3}[.)]) +(?=\S)/;

/** The lines of a sanitised text, without any formatting but links. */
export function parsePlain(text: string): TextLine[] {
  return text.split('\n').map((line) => ({ kind: 'plain', spans: withLinks(line) }));
}

/** The lines of a sanitised text. Markers without a counterpart are text. Takes time proportional to the length. */
export function parseMarkdown(text: string): TextLine[] {
  const lines = text.split('\n');
  const ends = fenceEnds(lines);
  let end = -1;
  return lines.map((line, index): TextLine => {
    if (index < end) return { kind: 'code', spans: withLinks(line, true) };
    const fenceEnd = index === end ? index : ends[index];
    if (fenceEnd === undefined) return parseLine(line);
    end = index === end ? -1 : fenceEnd;
    return { kind: 'fence', spans: fenceSpans(line) };
  });
}

/** For each line that can begin a code block, the line that ends it: the next fence of the same length. */
function fenceEnds(lines: readonly string[]): (number | undefined)[] {
  const ends: (number | undefined)[] = [];
  const nextOfLength = new Map<number, number>();
  for (let index = lines.length - 1; index >= 0; index--) {
    const [, ticks, language] = fence.exec(lines[index] ?? '') ?? [];
    if (ticks === undefined) continue;
    const end = nextOfLength.get(ticks.length);
    if (end !== undefined && end > index + 1) ends[index] = end;
    if (language === '') nextOfLength.set(ticks.length, index);
  }
  return ends;
}

function fenceSpans(line: string): Span[] {
  const ticks = /^`+ */.exec(line)?.[0] ?? '';
  const language = line.slice(ticks.length);
  return [{ text: ticks, isMarker: true }, ...(language === '' ? [] : [{ text: language }])];
}

function parseLine(line: string): TextLine {
  const quote = quoteMarker.exec(line)?.[0];
  if (quote !== undefined) {
    return {
      kind: 'quote',
      spans: [{ text: quote, isMarker: true }, ...parseInline(line.slice(quote.length))],
    };
  }
  const item = bullet.exec(line)?.[0];
  if (item !== undefined) {
    return { kind: 'item', spans: [{ text: item }, ...parseInline(line.slice(item.length))] };
  }
  return { kind: 'plain', spans: parseInline(line) };
}

function withLinks(text: string, code = false): Span[] {
  const spans: Span[] = [];
  let end = 0;
  for (const link of findLinks(text)) {
    if (link.start > end) spans.push({ text: text.slice(end, link.start), code });
    spans.push({ text: link.url, code, link: link.url });
    end = link.start + link.url.length;
  }
  if (end < text.length || text === '') spans.push({ text: text.slice(end), code });
  return spans;
}

/** A part of a line: finished spans, or a mark that may begin or end an emphasis. */
type Piece =
  | { readonly spans: readonly Span[] }
  | { readonly mark: Mark; readonly canOpen: boolean; readonly canClose: boolean };
type Mark = '*' | '**' | '_';

const inlineMarkers = /`+|\*+|_+/g;
// A word boundary on the outside, so that `snake_case`, `2*3*4` and `*.ts` stay as they are.
const opening =
  /(?<=(?:^|[\s([{"'“‘«„¿¡])[*_]{0,2})[*_]+(?=["'“‘«„([{@#$*_`]{0,3}[\p{L}\p{N}\p{Extended_Pictographic}])/uy;
const closing = /(?<=[^\s*_][*_]{0,2})[*_]+(?=[*_]{0,2}(?:$|[\s)\]}"'”’»,;:!?…]|\.(?:$|[\s)"'”’])))/uy;

/** A line or a part of one, without lists and quotes. */
export function parseInline(line: string): Span[] {
  if (!/[*_`]/.test(line)) return withLinks(line);
  return emphasised(piecesOf(line));
}

function piecesOf(line: string): Piece[] {
  const pieces: Piece[] = [];
  const codeEnd = createCodeEnds(line);
  const links = findLinks(line);
  let nextLink = 0;
  let end = 0;
  const textUpTo = (start: number) => {
    if (start > end) pieces.push({ spans: withLinks(line.slice(end, start)) });
    end = start;
  };
  for (const { 0: run, index } of line.matchAll(inlineMarkers)) {
    if (index < end) continue;
    let link = links[nextLink];
    while (link && link.start + link.url.length <= index) link = links[++nextLink];
    // A marker inside a URL is a part of it.
    if (link && link.start <= index) continue;
    if (run.startsWith('`')) {
      const close = codeEnd(index, run.length);
      if (close === undefined) continue;
      const content = line.slice(index + run.length, close);
      textUpTo(index);
      const marker: Span = { text: run, code: true, isMarker: true };
      pieces.push({ spans: [marker, ...withLinks(content, true), marker] });
      end = close + run.length;
    } else if (run === '*' || run === '**' || run === '_') {
      const canOpen = matchesAt(opening, line, index, run);
      const canClose = matchesAt(closing, line, index, run);
      if (!canOpen && !canClose) continue;
      textUpTo(index);
      pieces.push({ mark: run, canOpen, canClose });
      end = index + run.length;
    }
  }
  textUpTo(line.length);
  return pieces;
}

/** Finds the end of a code span: the next run of as many backticks. To be asked from left to right. */
function createCodeEnds(line: string): (start: number, length: number) => number | undefined {
  const runs = new Map<number, number[]>();
  for (const { 0: run, index } of line.matchAll(/`+/g)) {
    const known = runs.get(run.length);
    if (known) known.push(index);
    else runs.set(run.length, [index]);
  }
  for (const starts of runs.values()) starts.reverse();
  return (start, length) => {
    const starts = runs.get(length) ?? [];
    while ((starts.at(-1) ?? Infinity) <= start) starts.pop();
    return starts.at(-1);
  };
}

function matchesAt(pattern: RegExp, line: string, index: number, run: string): boolean {
  pattern.lastIndex = index;
  return pattern.exec(line)?.[0] === run;
}

/** Pairs the marks; those that remain alone are text. */
function emphasised(pieces: readonly Piece[]): Span[] {
  const roles = new Map<number, 'open' | 'close'>();
  const open = new Map<Mark, number>();
  for (const [index, piece] of pieces.entries()) {
    if ('spans' in piece) continue;
    const start = open.get(piece.mark);
    if (piece.canClose && start !== undefined && start < index - 1) {
      roles.set(start, 'open').set(index, 'close');
      // What began inside and has not ended would end outside.
      for (const [mark, at] of open) if (at >= start) open.delete(mark);
    } else if (piece.canOpen) {
      open.set(piece.mark, index);
    }
  }
  const spans: Span[] = [];
  let [boldMarks, italicMarks] = [0, 0];
  for (const [index, piece] of pieces.entries()) {
    const role = roles.get(index);
    const [bold, italic] = [boldMarks > 0, italicMarks > 0];
    if ('spans' in piece) {
      for (const { text, code, link, isMarker } of piece.spans) {
        spans.push({ text, bold, italic, code, link, isMarker });
      }
    } else if (role === undefined) {
      spans.push({ text: piece.mark, bold, italic });
    } else {
      spans.push({ text: piece.mark, isMarker: true });
      const step = role === 'open' ? 1 : -1;
      if (piece.mark === '_') italicMarks += step;
      else boldMarks += step;
    }
  }
  return spans;
}

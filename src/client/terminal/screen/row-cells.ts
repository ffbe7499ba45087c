import { graphemes } from '../text/graphemes.js';
import { graphemeWidth } from '../text/text-width.js';
import { applySgr, defaultSgr, sgrCodes } from './sgr.js';

/** One cell of the screen: its character and its SGR codes (`1;31`, empty for the default). */
export type Cell = {
  readonly text: string;
  readonly style: string;
  /** The body of the OSC 8 sequence of its hyperlink, such as `id=1;https://example.org`; empty for none. */
  readonly link: string;
};

/** A row of the screen. */
export type Row = {
  /** The string that it was made of. */
  readonly source: string;
  /** From the left; the rest of the row is blank. */
  readonly cells: readonly Cell[];
  /** Whether terminals agree on the width of everything in it. */
  readonly isPlain: boolean;
};

/** A cell with nothing in it. */
export const blankCell: Cell = { text: ' ', style: '', link: '' };

/** What follows a character in the further cells that it takes. */
const coveredCell: Cell = { text: '', style: '', link: '' };

/**
 * Text, or a CSI sequence (the SGR ones with their body), or the start or end of a hyperlink to the web or an e-mail address
 * (with its body), or another control character.
 */
const parts =
  /\x1b\[([\d;:]*)m|\x1b\[[\x20-\x3f]*[\x40-\x7e]?|\x1b\]8;(;|id=[\w-]+;(?:[Hh][Tt]{2}[Pp][Ss]?:\/\/|[Mm][Aa][Ii][Ll][Tt][Oo]:)[\x21-\x7e]+)\x1b\\|[\x00-\x1f\x7f-\x9f]|[^\x00-\x1f\x7f-\x9f]+/g;

/** Single characters of scripts and signs whose width is beyond dispute. */
const plainCharacter =
  /^[\x20-\x7e\xa1-\u02ff\u0370-\u052f\u1e00-\u1fff\u2010-\u2027\u2190-\u2193\u2500-\u259f\u2713\u3001-\u3029\u3041-\u3096\u30a1-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff60]$/;

/** Whether terminals agree on the width of a grapheme. */
export function isPlainGrapheme(grapheme: string): boolean {
  return plainCharacter.test(grapheme);
}

/**
 * A row of text, SGR sequences and hyperlinks as at most `columns` cells. Whatever else it holds is dropped: a row can
 * only colour and link.
 */
export function parseRow(source: string, columns: number): Row {
  const cells: Cell[] = [];
  let sgr = defaultSgr;
  let style = '';
  let link = '';
  let isPlain = true;
  for (const [part, sgrBody, linkBody] of source.matchAll(parts)) {
    if (sgrBody !== undefined) {
      sgr = applySgr(sgr, sgrBody);
      style = sgrCodes(sgr);
    } else if (linkBody !== undefined) {
      link = linkBody === ';' ? '' : linkBody;
    } else if (part >= ' ' && !(part >= '\x7f' && part < '\xa0')) {
      for (const grapheme of graphemes(part)) {
        const width = graphemeWidth(grapheme);
        if (cells.length + width > columns) break;
        if (width === 0) continue;
        if (isPlain) isPlain = isPlainGrapheme(grapheme);
        cells.push({ text: grapheme, style, link });
        for (let covered = 1; covered < width; covered += 1) cells.push(coveredCell);
      }
    }
  }
  while (cells.length > 0 && isSameCell(cells.at(-1), blankCell)) cells.pop();
  return { source, cells, isPlain };
}

/** Whether two cells look the same; a missing one is blank. */
export function isSameCell(one: Cell = blankCell, other: Cell = blankCell): boolean {
  return one === other || (one.text === other.text && one.style === other.style && one.link === other.link);
}

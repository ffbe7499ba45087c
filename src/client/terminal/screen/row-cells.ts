import { graphemes } from '../text/graphemes.js';
import { graphemeWidth } from '../text/text-width.js';
import { applySgr, defaultSgr, sgrCodes } from './sgr.js';

/** `style` is a list of SGR codes (`1;31`), empty for the default. */
export type Cell = {
  readonly text: string;
  readonly style: string;
  /** The body of the OSC 8 sequence of its hyperlink, such as `id=1;https://example.org`; empty for none. */
  readonly link: string;
};

/** A row of the screen. */
export type Row = {
  readonly source: string;
  readonly cells: readonly Cell[];
  /** Terminals agree on the width of everything in it. */
  readonly isPlain: boolean;
};

export const blankCell: Cell = { text: ' ', style: '', link: '' };

const coveredCell: Cell = { text: '', style: '', link: '' };

/** Text, CSI sequences, hyperlinks to the web or an e-mail address, and other control characters. */
const parts =
  /\x1b\[([\d;:]*)m|\x1b\[[\x20-\x3f]*[\x40-\x7e]?|\x1b\]8;(;|id=[\w-]+;(?:[Hh][Tt]{2}[Pp][Ss]?:\/\/|[Mm][Aa][Ii][Ll][Tt][Oo]:)[\x21-\x7e]+)\x1b\\|[\x00-\x1f\x7f-\x9f]|[^\x00-\x1f\x7f-\x9f]+/g;

/** Single characters of scripts and symbols whose width is undisputed. */
const plainCharacter =
  /^[\x20-\x7e\xa1-\u02ff\u0370-\u052f\u1e00-\u1fff\u2010-\u2027\u2190-\u2193\u2500-\u259f\u2713\u3001-\u3029\u3041-\u3096\u30a1-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff60]$/;

export function isPlainGrapheme(grapheme: string): boolean {
  return plainCharacter.test(grapheme);
}

/** Drops everything but text, SGR sequences and hyperlinks: a row cannot do more than colour and link. */
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

export function isSameCell(one: Cell = blankCell, other: Cell = blankCell): boolean {
  return one === other || (one.text === other.text && one.style === other.style && one.link === other.link);
}

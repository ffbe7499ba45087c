import { graphemes } from '../text/graphemes.js';
import { graphemeWidth } from '../text/text-width.js';

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
  /** Terminals agree on the width of everything in it, except for the panel. */
  readonly isPlain: boolean;
  /** What it begins with: a column of the screen that changes on its own. */
  readonly panel?: Row | undefined;
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

/** A row of the panel, exactly `columns` cells wide. */
export function parsePanelRow(source: string, columns: number): Row {
  const row = parseRow(source, columns);
  const blanks = Array.from({ length: columns - row.cells.length }, () => blankCell);
  return { ...row, cells: [...row.cells, ...blanks] };
}

/** The row right of the panel, in a screen of `columns` cells. */
export function parseBesidePanel(panel: Row, source: string, columns: number): Row {
  const width = panel.cells.length;
  const { cells, isPlain } = parseRow(source, columns - width);
  return { source, cells: [...panel.cells, ...cells], isPlain, panel };
}

export function isSameCell(one: Cell = blankCell, other: Cell = blankCell): boolean {
  return one === other || (one.text === other.text && one.style === other.style && one.link === other.link);
}

/** Attributes such as `bold` or `foreground`, each with the SGR code that sets it. */
type SgrState = Readonly<Record<string, string>>;

const defaultSgr: SgrState = {};

const setters: Readonly<Record<number, string>> = {
  1: 'bold',
  2: 'dim',
  3: 'italic',
  4: 'underline',
  5: 'blink',
  7: 'inverse',
  8: 'conceal',
  9: 'strike',
  21: 'underline',
  53: 'overline',
};

const resetters: Readonly<Record<number, readonly string[]>> = {
  22: ['bold', 'dim'],
  23: ['italic'],
  24: ['underline'],
  25: ['blink'],
  27: ['inverse'],
  28: ['conceal'],
  29: ['strike'],
  39: ['foreground'],
  49: ['background'],
  55: ['overline'],
  59: ['underlineColour'],
};

const extendedColours: Readonly<Record<number, string>> = {
  38: 'foreground',
  48: 'background',
  58: 'underlineColour',
};

/** Unknown codes change nothing. */
function applySgr(state: SgrState, body: string): SgrState {
  const parameters = body.split(';');
  const next: Record<string, string> = { ...state };
  for (let index = 0; index < parameters.length; index += 1) {
    const parameter = parameters[index] ?? '';
    const code = Number(parameter.split(':')[0]);
    const extended = extendedColours[code];
    if (code === 0) {
      for (const attribute of Object.keys(next)) Reflect.deleteProperty(next, attribute);
    } else if (extended !== undefined) {
      // `38;5;n` and `38;2;r;g;b`, or one parameter with colons.
      const length = parameter.includes(':') ? 1 : parameters[index + 1] === '2' ? 5 : 3;
      next[extended] = parameters.slice(index, index + length).join(';');
      index += length - 1;
    } else if (parameter === '4:0') {
      Reflect.deleteProperty(next, 'underline');
    } else {
      for (const attribute of resetters[code] ?? []) Reflect.deleteProperty(next, attribute);
      const attribute = setters[code] ?? colourSetter(code);
      if (attribute !== undefined) next[attribute] = parameter;
    }
  }
  return next;
}

function sgrCodes(state: SgrState): string {
  return Object.keys(state)
    .sort()
    .map((attribute) => state[attribute])
    .join(';');
}

function colourSetter(code: number): string | undefined {
  if ((code >= 30 && code <= 37) || (code >= 90 && code <= 97)) return 'foreground';
  if ((code >= 40 && code <= 47) || (code >= 100 && code <= 107)) return 'background';
  return undefined;
}

import type { ColourDepth } from '../../terminal/colour/colour-depth.js';
import { style, type TextStyle } from '../../terminal/colour/style.js';
import { linkEnd, linkStart } from '../../terminal/text/hyperlinks.js';
import { sanitiseText } from '../../terminal/text/sanitise.js';
import { textWidth } from '../../terminal/text/text-width.js';
import { breakText, wrapText } from '../../terminal/text/wrap.js';
import { mentionParts } from '../attention/attention.js';
import type { Theme } from '../theme/theme.js';
import type { Span, TextLine } from './markdown.js';

/** A row of a text: finished, and its width in cells. */
export type TextRow = { readonly text: string; readonly width: number; readonly isCode?: boolean };

/** How a text is drawn. */
export type TextLook = {
  readonly cells: number;
  readonly depth: ColourDepth;
  readonly theme: Theme;
  /** Not delivered yet. */
  readonly isFaint: boolean;
  readonly mentions: RegExp | undefined;
  /** The beginning of the ids of its hyperlinks; undefined: without hyperlinks. */
  readonly linkId: string | undefined;
};

/** A part of a line with one look, up to index `end` of the shown text; `link` is the beginning of a hyperlink. */
type Run = { readonly end: number; readonly look: TextStyle; readonly link: string | undefined };

const quoteBar = '│ ';

/** The rows of a text. Markers are left out, and spaces where a row breaks. */
export function textRows(lines: readonly TextLine[], look: TextLook): TextRow[] {
  let links = 0;
  const linkOf = (url: string) =>
    look.linkId === undefined ? undefined : linkStart(url, `${look.linkId}-${(links += 1)}`);
  return lines.flatMap((line) => lineRows(line, look, linkOf));
}

type LinkOf = (url: string) => string | undefined;

function lineRows({ kind, spans }: TextLine, look: TextLook, linkOf: LinkOf): TextRow[] {
  const lead = kind === 'quote' ? quoteBar : kind === 'item' ? (spans[0]?.text ?? '') : '';
  const hasLead = lead !== '' && lead.length * 2 <= look.cells;
  const shown = shownSpans(hasLead ? spans.slice(1) : spans, look.depth);
  const text = textOf(shown);
  if (kind === 'fence' && text === '') return [];
  const leadCells = hasLead ? lead.length : 0;
  const cells = look.cells - leadCells;
  const base: TextStyle = look.isFaint || kind === 'fence' ? { colour: look.theme.faint } : {};
  const rows = kind === 'code' ? breakText(text, cells) : wrapText(text, cells);
  const painted = paintRows(text, rows, runsOf(shown, base, look, linkOf), look.depth);
  const first = hasLead ? style(lead, kind === 'quote' ? { colour: look.theme.line } : base, look.depth) : '';
  const indent = kind === 'quote' ? first : ' '.repeat(leadCells);
  return rows.map((row, index) => ({
    text: (index === 0 ? first : indent) + (painted[index] ?? row),
    width: leadCells + textWidth(row),
    isCode: kind === 'code' || kind === 'fence',
  }));
}

function shownSpans(spans: readonly Span[], depth: ColourDepth): readonly Span[] {
  // Without colours only its backticks show that something is code.
  const shown = spans.filter(({ isMarker, code }) => !isMarker || (code && depth === 'none'));
  if (shown.length === spans.length) return spans;
  // Marks and joiners that markers kept apart may be harmful together.
  const text = textOf(shown);
  return sanitiseText(text) === text ? shown : [{ text: textOf(spans) }];
}

function textOf(spans: readonly Span[]): string {
  return spans.map(({ text }) => text).join('');
}

function runsOf(spans: readonly Span[], base: TextStyle, look: TextLook, linkOf: LinkOf): readonly Run[] {
  let end = 0;
  const runs = spans.map(({ text, bold = false, italic = false, code, link }): Run => {
    end += text.length;
    const colour = code && !look.isFaint ? look.theme.note : base.colour;
    const isLink = link !== undefined;
    return {
      end,
      look: { bold, italic, underline: isLink, colour },
      link: isLink ? linkOf(link) : undefined,
    };
  });
  return look.mentions ? withMentions(runs, mentionParts(textOf(spans), look.mentions)) : runs;
}

/** Mentions are inverse, which is visible on every background and without colours. */
function withMentions(runs: readonly Run[], parts: readonly string[]): readonly Run[] {
  if (parts.length === 1) return runs;
  const divided: Run[] = [];
  let [start, at] = [0, 0];
  for (const [index, part] of parts.entries()) {
    const partEnd = start + part.length;
    for (let run = runs[at]; run && start < partEnd; run = runs[at]) {
      const end = Math.min(run.end, partEnd);
      divided.push(
        index % 2 === 1 ? { ...run, end, look: { ...run.look, bold: true, inverse: true } } : { ...run, end },
      );
      start = end;
      if (end === run.end) at += 1;
    }
  }
  return divided;
}

/** `rows`: the text without some spaces at the breaks. */
function paintRows(
  text: string,
  rows: readonly string[],
  runs: readonly Run[],
  depth: ColourDepth,
): string[] {
  let [start, at] = [0, 0];
  return rows.map((row) => {
    if (!text.startsWith(row, start)) while (text[start] === ' ') start += 1;
    // In a row of one cell a wide character is `…`.
    if (!text.startsWith(row, start)) return row;
    const rowEnd = start + row.length;
    let painted = '';
    for (let run = runs[at]; run && start < rowEnd; run = runs[at]) {
      const end = Math.min(run.end, rowEnd);
      const part = style(text.slice(start, end), run.look, depth);
      painted += run.link !== undefined && end > start ? run.link + part + linkEnd : part;
      start = Math.max(start, end);
      if (run.end <= start) at += 1;
    }
    return painted;
  });
}

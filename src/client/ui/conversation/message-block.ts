import { createHash } from 'node:crypto';
import { contentType } from '../../../shared/message.js';
import { decodeText } from '../../../shared/text.js';
import { failedImageCaption, imageCaption } from '../../images/caption.js';
import { fitCells, type ImageScale, type CellSize } from '../../images/graphics/image-renderer.js';
import { imageSize } from '../../images/decode/image-header.js';
import { isDeleted } from '../../session/current-form.js';
import type { Item } from '../../session/item.js';
import type { ColourDepth } from '../../terminal/colour/colour-depth.js';
import { sanitiseLine, sanitiseText } from '../../terminal/text/sanitise.js';
import { style } from '../../terminal/colour/style.js';
import { wrapText } from '../../terminal/text/wrap.js';
import { changeText } from '../../lines/event-line.js';
import { textWidth, truncate } from '../../terminal/text/text-width.js';
import { isMention } from '../attention/attention.js';
import { nameStyle, type Theme } from '../theme/theme.js';
import { formatTime } from './local-time.js';
import { parseInline, parseMarkdown, parsePlain, type TextLine } from './markdown.js';
import { quoteRow, reactionRows, tombstoneRows, withEditedMark, type Original } from './message-state.js';
import { textRows } from './message-text.js';
import { isSameName } from '../../../shared/fold-text.js';

/** An image in the list; `id` names its bytes, `box` is its size. */
export type BlockImage = { readonly id: string; readonly bytes: Uint8Array; readonly box: CellSize };

/** One row of an image, between finished texts. */
export type ImageRow = {
  readonly before: string;
  readonly column: number;
  readonly image: BlockImage;
  readonly line: number;
  readonly after: string;
};

/** A row of a message: finished text, or a row of its image. */
export type BlockRow = string | ImageRow;

/** The maximum size of an image, and how its pixels fill the cells. */
export type ImageBox = CellSize & { readonly scale: ImageScale };

/** How messages are drawn. */
export type BlockStyle = {
  /** In cells. */
  readonly width: number;
  /** The width of the names, if that is not too much of the width. */
  readonly nameCells: number;
  readonly depth: ColourDepth;
  readonly theme: Theme;
  /** Undefined: only captions are shown. */
  readonly imageBox: ImageBox | undefined;
  readonly markdown: boolean;
  /** Whether URLs are hyperlinks of the terminal. */
  readonly links: boolean;
  /** Whose reactions are highlighted. */
  readonly user?: string;
  /** The words to highlight in messages of others. */
  readonly mentions?: RegExp | undefined;
};

/** What a message shows because of the messages above it, and for a moment. */
export type BlockContext = {
  /** `time`: the message above is of the same author; `none`: and of the same minute. */
  readonly heading: 'name' | 'time' | 'none';
  /** Own messages only. */
  readonly showsDelivered: boolean;
};

export const maxNameCells = 16;
const minNameCells = 5;
// In a narrower list the time is left out.
const minWidthForTime = 32;
const maxTextCells = 100;
/** Between name and text. */
const nameGap = 2;
/** Beside code, in the gap before the text. */
const codeBar = '│';

/** The part of a message that does not depend on the messages above it. */
export type BlockBody = {
  readonly lines: readonly Line[];
  readonly isMention: boolean;
  /** It says what its author does, as `/me` and changes of the room do, and so contains the name. */
  readonly isAction: boolean;
  /** A change of the room or its members, which begins in the column of the names. */
  readonly isChange?: boolean;
};

/** What is shown besides a message. `failure`: why its image cannot be shown. */
export type BlockExtras = { readonly failure?: string | undefined; readonly original?: Original | undefined };

/** Everything between the name and the right margin, sanitised. */
export function messageBody(
  item: Item,
  look: BlockStyle,
  { failure, original }: BlockExtras = {},
): BlockBody {
  const { message } = item;
  const change = changeText(message);
  if (change !== undefined) return changeBody(change, look);
  const body = contentBody(item, look, failure);
  const cells = textCells(look);
  const reactions = reactionRows(message, { ...look, cells }, look.user ?? '');
  const quoteCells = Math.max(1, cells - Math.max(0, textWidth(failureText(item, look)) - 1));
  const quoted = original === undefined ? [] : [quoteRow(original, { ...look, cells: quoteCells })];
  return { ...body, lines: [...quoted, ...body.lines, ...reactions] };
}

function contentBody(item: Item, look: BlockStyle, failure: string | undefined): BlockBody {
  const { message } = item;
  const cells = textCells(look);
  if (isDeleted(message))
    return { lines: tombstoneRows({ ...look, cells }), isMention: false, isAction: false };
  if (message.type === contentType.image) {
    return { lines: imageLines(item, cells, look, failure), isMention: false, isAction: false };
  }
  const text = sanitiseText(decodeText(message.content));
  const action = actionText(message.from, text);
  const parsed = action === undefined ? parsedLines(text, look) : actionLines(message.from, action, look);
  const isMentioned = isMention(item, look.mentions);
  const reasonCells = textWidth(failureText(item, look));
  const lines = textRows(parsed, {
    cells: Math.max(1, cells - Math.max(0, reasonCells - 1)),
    depth: look.depth,
    theme: look.theme,
    isFaint: item.delivery.type === 'sending',
    mentions: isMentioned ? look.mentions : undefined,
    linkId: look.links ? linkIdOf(item.key) : undefined,
  });
  const shown = message.detail?.edited === undefined ? lines : withEditedMark(lines, { ...look, cells });
  return { lines: shown, isMention: isMentioned, isAction: action !== undefined };
}

/** Faint, so that a room with many changes is still a conversation. */
function changeBody(text: string, look: BlockStyle): BlockBody {
  const cells = textCells(look) + nameCells(look) + nameGap;
  const lines = wrapText(text, cells).map((row) => ({
    text: style(row, { colour: look.theme.faint }, look.depth),
    width: textWidth(row),
  }));
  return { lines, isMention: false, isAction: true, isChange: true };
}

/** A message as rows: ` 09:14  name  text`. */
export function messageRows(
  item: Item,
  { lines, isMention, isAction, isChange = false }: BlockBody,
  look: BlockStyle,
  context: BlockContext,
): BlockRow[] {
  if (isChange) {
    const time = timeColumn(item, look, true);
    const indent = ' '.repeat(timeCells(look));
    return lines.map((line, index) => ('text' in line ? ` ${index === 0 ? time : indent}${line.text}` : ''));
  }
  // A filled cell is visible in every font and without colours.
  const bar = isMention ? style(' ', { colour: look.theme.waiting, inverse: true }, look.depth) : ' ';
  const column = prefixWidth(look);
  const mark = deliveryMark(item, look, context.showsDelivered);
  const end = textCells(look) + marginCells(look);
  return lines.map((line, index) => {
    const gap =
      'isCode' in line && line.isCode ? ` ${style(codeBar, { colour: look.theme.line }, look.depth)}` : '  ';
    const before =
      bar + (index === 0 ? heading(item, look, context, isAction) : ' '.repeat(column - 3)) + gap;
    const space = ' '.repeat(Math.max(0, end - line.width - mark.width));
    const after = index === 0 && mark.width > 0 ? space + mark.text : '';
    return 'image' in line
      ? { before, column, image: line.image, line: line.line, after }
      : before + line.text + after;
  });
}

/** Keys come from servers, and may contain characters that an id cannot. */
function linkIdOf(key: string): string {
  return createHash('sha256').update(key).digest('base64url').slice(0, 12);
}

/** The part of a row between the name and the margin. */
type Line = { readonly width: number } & (
  { readonly text: string; readonly isCode?: boolean } | { readonly image: BlockImage; readonly line: number }
);

/** Right of the text: the mark of an own message, with a blank before it where there is room. */
function marginCells({ width }: BlockStyle): number {
  return width < minWidthForTime ? 1 : 2;
}

function textCells(look: BlockStyle): number {
  return Math.max(1, Math.min(maxTextCells, look.width - prefixWidth(look) - marginCells(look)));
}

function parsedLines(text: string, { markdown }: BlockStyle): TextLine[] {
  return markdown ? parseMarkdown(text) : parsePlain(text);
}

/** What comes after `* NAME `; undefined if that is not the author's own name. */
function actionText(from: string, text: string): string | undefined {
  const name = sanitiseLine(from);
  const end = 2 + name.length;
  const isOwn = text.startsWith('* ') && text[end] === ' ' && isSameName(text.slice(2, end), name);
  return isOwn && name !== '' ? text.slice(end + 1) : undefined;
}

/** `* NAME ` and what the author does. */
function actionLines(from: string, action: string, look: BlockStyle): TextLine[] {
  const end = action.indexOf('\n');
  const first = end < 0 ? action : action.slice(0, end);
  const spans = look.markdown ? parseInline(first) : parsePlain(first).flatMap((line) => line.spans);
  const actor = [{ text: '* ' }, { text: sanitiseLine(from), bold: true }, { text: ' ' }];
  const others = end < 0 ? [] : parsedLines(action.slice(end + 1), look);
  return [{ kind: 'plain', spans: [...actor, ...spans] }, ...others];
}

function imageLines(item: Item, cells: number, look: BlockStyle, failure: string | undefined): Line[] {
  const bytes = item.message.content;
  const size = imageSize(bytes);
  const number = item.imageNumber ?? 0;
  const caption = truncate(
    size && failure === undefined
      ? imageCaption(number, size, bytes.length)
      : failedImageCaption(number, sanitiseLine(failure ?? 'damaged')),
    cells,
  );
  const captionLine = {
    text: style(caption, { colour: look.theme.faint }, look.depth),
    width: textWidth(caption),
  };
  if (!size || !look.imageBox || failure !== undefined) return [captionLine];
  const { columns, rows, scale } = look.imageBox;
  const box = fitCells(size, { columns: Math.min(columns, cells), rows }, scale);
  const image = { id: item.key, bytes, box };
  const imageRows = Array.from({ length: box.rows }, (_, line) => ({ image, line, width: box.columns }));
  return [...imageRows, captionLine];
}

/** The width of everything before the text. */
function prefixWidth(look: BlockStyle): number {
  return 1 + timeCells(look) + nameCells(look) + nameGap;
}

function timeCells({ width }: BlockStyle): number {
  return width < minWidthForTime ? 0 : 'hh:mm  '.length;
}

function nameCells(look: BlockStyle): number {
  const most = Math.min(maxNameCells, Math.floor(look.width / 5));
  return Math.max(minNameCells, Math.min(look.nameCells, most));
}

/** Time and name, as far as the messages above do not say them. */
function heading(item: Item, look: BlockStyle, { heading }: BlockContext, isAction: boolean): string {
  const { from } = item.message;
  const name = heading === 'name' && !isAction ? truncate(sanitiseLine(from), nameCells(look)) : '';
  return (
    timeColumn(item, look, heading !== 'none') +
    style(name, nameStyle(from, look.theme), look.depth) +
    ' '.repeat(nameCells(look) - textWidth(name))
  );
}

function timeColumn({ message }: Item, look: BlockStyle, isShown: boolean): string {
  const cells = timeCells(look);
  const time = isShown && cells > 0 ? formatTime(message.timestamp) : '';
  return style(time, { colour: look.theme.faint }, look.depth) + ' '.repeat(cells - time.length);
}

/** The finished text at the right end of the first row, and its width in cells. */
type DeliveryMark = { readonly text: string; readonly width: number };

const none: DeliveryMark = { text: '', width: 0 };

/** `…` while sending, `✓` for a moment when delivered, `! reason` when failed; nothing for messages of others. */
function deliveryMark(item: Item, look: BlockStyle, showsDelivered: boolean): DeliveryMark {
  if (!item.mine) return none;
  switch (item.delivery.type) {
    case 'sending':
      return { text: style('…', { colour: look.theme.faint }, look.depth), width: 1 };
    case 'delivered':
      return showsDelivered ? { text: style('✓', { colour: look.theme.good }, look.depth), width: 1 } : none;
    case 'failed': {
      const text = failureText(item, look);
      return {
        text: style(text, { colour: look.theme.bad, bold: true }, look.depth),
        width: textWidth(text),
      };
    }
  }
}

/** The reason may come from a server. At least half of the row is for the text. */
function failureText({ mine, delivery }: Item, { width }: BlockStyle): string {
  if (!mine || delivery.type !== 'failed') return '';
  return truncate(`! ${sanitiseLine(delivery.reason.message)}`, Math.floor(width / 2));
}

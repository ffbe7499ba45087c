import { contentType } from '../../../shared/message.js';
import { decodeText } from '../../../shared/text.js';
import { failedImageCaption, imageCaption } from '../../images/caption.js';
import { fitCells, type ImageScale } from '../../images/graphics/fit-cells.js';
import { imageSize } from '../../images/decode/image-header.js';
import type { CellSize } from '../../images/graphics/image-renderer.js';
import type { Item } from '../../session/item.js';
import type { ColourDepth } from '../../terminal/colour/colour-depth.js';
import { sanitiseLine, sanitiseText } from '../../terminal/text/sanitise.js';
import { style } from '../../terminal/colour/style.js';
import { textWidth } from '../../terminal/text/text-width.js';
import { truncate } from '../../terminal/text/truncate.js';
import { wrapText } from '../../terminal/text/wrap.js';
import { mentionParts } from '../attention/mentions.js';
import { nameStyle, type Theme } from '../theme/theme.js';
import { formatTime } from './local-time.js';

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
  readonly depth: ColourDepth;
  readonly theme: Theme;
  /** Undefined: only captions are shown. */
  readonly imageBox: ImageBox | undefined;
  /** The words to highlight in messages of others. */
  readonly mentions?: RegExp | undefined;
};

const minNameCells = 5;
const maxNameCells = 16;
// In a narrower list the time is left out.
const minWidthForTime = 32;

/** A message as rows: ` 09:14  name  text`, sanitised. `failure`: why its image cannot be shown. */
export function messageBlock(item: Item, look: BlockStyle, failure?: string): BlockRow[] {
  const prefix = blockPrefix(item, look);
  const mark = deliveryMark(item, look);
  const bodyCells = look.width - prefix.width;
  const cells = Math.max(1, bodyCells - (mark.width > 0 ? mark.width + 1 : 0));
  const lines =
    item.message.type === contentType.image
      ? imageLines(item, cells, look, failure)
      : textLines(item, cells, look);
  const indent = ' '.repeat(prefix.width);
  return lines.map((line, index) => {
    const before = index === 0 ? prefix.text : indent;
    const gap = ' '.repeat(Math.max(1, bodyCells - line.width - mark.width));
    const after = index === 0 && mark.width > 0 ? gap + mark.text : '';
    return 'image' in line
      ? { before, column: prefix.width, image: line.image, line: line.line, after }
      : before + line.text + after;
  });
}

/** The part of a row between name and mark. */
type Line = { readonly width: number } & (
  { readonly text: string } | { readonly image: BlockImage; readonly line: number }
);

function textLines({ message, mine, delivery }: Item, cells: number, look: BlockStyle): Line[] {
  const colour = delivery.type === 'sending' ? look.theme.faint : undefined;
  const mentions = mine ? undefined : look.mentions;
  return wrapText(sanitiseText(decodeText(message.content)), cells).map((line) => ({
    text: mentions ? highlight(line, mentions, look) : style(line, { colour }, look.depth),
    width: textWidth(line),
  }));
}

/** Inverse, which is visible on every background and without colours. */
function highlight(line: string, mentions: RegExp, { depth }: BlockStyle): string {
  return mentionParts(line, mentions)
    .map((part, index) => (index % 2 === 1 ? style(part, { bold: true, inverse: true }, depth) : part))
    .join('');
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

function blockPrefix({ message }: Item, look: BlockStyle): { text: string; width: number } {
  const time = look.width < minWidthForTime ? ' ' : ` ${formatTime(message.timestamp)}  `;
  const name = truncate(
    sanitiseLine(message.from),
    Math.min(maxNameCells, Math.max(4, Math.floor(look.width / 4))),
  );
  const padding = ' '.repeat(Math.max(0, minNameCells - textWidth(name)) + 2);
  return {
    text:
      style(time, { colour: look.theme.faint }, look.depth) +
      style(name, nameStyle(message.from, look.theme), look.depth) +
      padding,
    width: textWidth(time) + textWidth(name) + padding.length,
  };
}

/** The finished text at the right end of the first row, and its width in cells. */
type DeliveryMark = { readonly text: string; readonly width: number };

const none: DeliveryMark = { text: '', width: 0 };

/** `…` while sending, `✓` when delivered, `! reason` when failed; nothing for messages of others. */
function deliveryMark(item: Item, look: { width: number; depth: ColourDepth; theme: Theme }): DeliveryMark {
  if (!item.mine) return none;
  switch (item.delivery.type) {
    case 'sending':
      return { text: style('…', { colour: look.theme.faint }, look.depth), width: 1 };
    case 'delivered':
      return { text: style('✓', { colour: look.theme.good }, look.depth), width: 1 };
    case 'failed': {
      // The reason may come from a server. At least half of the row is for the text.
      const reason = truncate(`! ${sanitiseLine(item.delivery.reason.message)}`, Math.floor(look.width / 2));
      return {
        text: style(reason, { colour: look.theme.bad, bold: true }, look.depth),
        width: textWidth(reason),
      };
    }
  }
}

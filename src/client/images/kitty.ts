import { kittyDiacritics } from './kitty-diacritics.js';
import type { CellPixels, CellSize, ImageRenderer } from './image-renderer.js';
import { encodedPicture } from './picture-for-terminal.js';
import { tmuxPassthrough } from './tmux-passthrough.js';

/** How the kitty protocol is spoken. */
export type KittyOptions = {
  readonly cellPixels: CellPixels;
  /** True inside tmux, which must be told to pass the pictures on. */
  readonly tmux: boolean;
  /** From 0 up to, not including, 1: the picture numbers start anywhere, since other programs use the same ones. */
  readonly random: () => number;
};

const placeholder = '\u{10eeee}';
/** The most payload of one escape sequence, a multiple of 4 (graphics protocol, "Remote client"). */
const chunkLength = 4096;
// A number's low byte is the placeholder's colour, its high byte is a third diacritic: nothing else is needed, so
// it works with 256 colours. Colour 0 would be no number.
const lowBytes = 255;
const highBytes = 256;

/**
 * Draws with the kitty graphics protocol's Unicode placeholders: text cells that the terminal replaces by their
 * part of a picture. They scroll, are cut off and overwritten like text. For kitty 0.28 and later, and Ghostty.
 */
export function kittyRenderer({ cellPixels, tmux, random }: KittyOptions): ImageRenderer {
  let counter = Math.floor(random() * lowBytes * highBytes);
  const pass = tmux ? tmuxPassthrough : (sequence: string) => sequence;
  return {
    async render(bytes, cells) {
      const payload = await encodedPicture('png', bytes, cells, cellPixels);
      counter = (counter + 1) % (lowBytes * highBytes);
      const [low, high] = [(counter % lowBytes) + 1, Math.floor(counter / lowBytes)];
      const id = high * 0x1000000 + low;
      return {
        rows: Array.from({ length: cells.rows }, (_, row) => placeholders(row, cells.columns, low, high)),
        columns: cells.columns,
        upload: transmission(payload, id, cells).map(pass),
        release: pass(`\x1b_Ga=d,d=I,i=${id},q=2\x1b\\`),
      };
    },
  };
}

/** Each cell names its row and column itself: then tmux may redraw any part of the row. */
function placeholders(row: number, columns: number, low: number, high: number): string {
  const cells = Array.from(
    { length: columns },
    (_, column) => placeholder + diacritic(row) + diacritic(column) + diacritic(high),
  );
  return `\x1b[38;5;${low}m${cells.join('')}\x1b[39m`;
}

function diacritic(number: number): string {
  return kittyDiacritics[Math.min(number, kittyDiacritics.length - 1)] ?? '';
}

/** Stores the picture and a place of so many cells for it (`U=1`), and asks for no reply (`q=2`). */
function transmission(payload: string, id: number, { columns, rows }: CellSize): string[] {
  const chunks = payload.match(new RegExp(`.{1,${chunkLength}}`, 'g')) ?? [];
  return chunks.map((chunk, index) => {
    const keys = index === 0 ? `a=T,U=1,f=100,i=${id},c=${columns},r=${rows},q=2,` : 'q=2,';
    return `\x1b_G${keys}m=${index < chunks.length - 1 ? 1 : 0};${chunk}\x1b\\`;
  });
}

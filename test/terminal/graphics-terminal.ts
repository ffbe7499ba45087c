import sixel from 'sixel';
import { imageSize } from '../../src/client/images/decode/image-header.js';
import { startTerminal, type TerminalOptions, type TerminalProgram } from './terminal-program.js';

export type FakeKind = 'kitty' | 'iterm2' | 'sixel';

/** An image over cells; in cells, from 0. */
type ShownImage = {
  readonly x: number;
  readonly y: number;
  readonly columns: number;
  readonly rows: number;
};

/** The program on a terminal with graphics. */
export type GraphicsTerminal = TerminalProgram & {
  /** Images drawn over cells and not erased (iTerm2, sixel). Adjacent strips are one image. */
  images(): readonly ShownImage[];
  /** Uploaded images by number (kitty). */
  stored(): ReadonlyMap<number, StoredImage>;
};

type StoredImage = {
  readonly columns: number;
  readonly rows: number;
  readonly png: Buffer;
  /** Index in the output at which its upload ended. */
  readonly end: number;
};

const cell = { width: 10, height: 20 };
const question = '\x1b[c';
const cellReply = `\x1b[6;${cell.height};${cell.width}t`;

/** The replies of real terminals: name, kitty protocol, cell size and device attributes. */
export const answersOf: Readonly<Record<FakeKind, string>> = {
  kitty: `\x1bP>|kitty(0.35.2)\x1b\\\x1b_Gi=31;OK\x1b\\${cellReply}\x1b[?62;c`,
  iterm2: `\x1bP>|iTerm2 3.5.0\x1b\\${cellReply}\x1b[?65;1;2;4;6c`,
  sixel: `\x1bP>|foot(1.16.2)\x1b\\${cellReply}\x1b[?62;4;22c`,
};

/** Starts the program on a terminal of this kind. */
export function startGraphicsTerminal(
  kind: FakeKind,
  args: readonly string[],
  options: TerminalOptions = {},
): GraphicsTerminal {
  const program = startTerminal(args, { rows: 40, answers: { [question]: answersOf[kind] }, ...options });
  const { parser, buffer } = program.emulator;
  let images: ShownImage[] = [];
  const draw = (columns: number, rows: number) => {
    const { cursorX: x, cursorY: y } = buffer.active;
    images = [...images.filter((one) => one.x !== x || one.y !== y), { x, y, columns, rows }];
    return true;
  };
  // Erasing or scrolling out a row of an image removes the whole row, as the program erases no less.
  const eraseRow = (row: number) => {
    images = images.filter(({ y, rows }) => row < y || row >= y + rows);
  };
  parser.registerCsiHandler({ final: 'K' }, (parameters) => {
    if (parameters[0] === 2) eraseRow(buffer.active.cursorY);
    return false;
  });
  parser.registerCsiHandler({ final: 'J' }, () => {
    images = [];
    return false;
  });
  // Rows below a smaller window are lost.
  program.emulator.onResize(({ rows: left }) => {
    images = images.filter(({ y, rows }) => y + rows <= left);
  });
  if (kind === 'sixel') {
    parser.registerDcsHandler({ final: 'q' }, (data) => {
      const decoder = new sixel.Decoder();
      decoder.init(0, null, 256);
      decoder.decodeString(data);
      return draw(Math.ceil(decoder.width / cell.width), Math.ceil(decoder.height / cell.height));
    });
  }
  if (kind === 'iterm2') {
    parser.registerOscHandler(1337, (data) => {
      const [, columns, rows, payload = ''] = /^File=.*;width=(\d+);height=(\d+);.*:(.*)$/.exec(data) ?? [];
      if (!imageSize(Buffer.from(payload, 'base64'))) return true;
      return draw(Number(columns), Number(rows));
    });
  }
  return { ...program, images: () => joined(images), stored: () => storedImages(program.raw()) };
}

/** Joins images directly below each other. */
function joined(strips: readonly ShownImage[]): ShownImage[] {
  const images: ShownImage[] = [];
  for (const strip of strips.toSorted((one, other) => one.x - other.x || one.y - other.y)) {
    const above = images.at(-1);
    const continues =
      above?.x === strip.x && above.columns === strip.columns && above.y + above.rows === strip.y;
    if (continues) images[images.length - 1] = { ...above, rows: above.rows + strip.rows };
    else images.push(strip);
  }
  return images;
}

/** The images that kitty has stored after these bytes. */
function storedImages(raw: string): Map<number, StoredImage> {
  const stored = new Map<number, StoredImage>();
  let open: { id: number; columns: number; rows: number; payload: string } | undefined;
  for (const { 0: whole, 1: keyText = '', 2: payload = '', index } of raw.matchAll(
    /\x1b_G([^;\x1b]*);?([^\x1b]*)\x1b\\/g,
  )) {
    const keys = new Map(keyText.split(',').map((pair) => pair.split('=') as [string, string]));
    const id = Number(keys.get('i'));
    if (keys.get('a') === 'd') stored.delete(id);
    if (keys.get('a') === 'T') {
      open = { id, columns: Number(keys.get('c')), rows: Number(keys.get('r')), payload: '' };
    }
    if (!open || keys.get('a') === 'q' || keys.get('a') === 'd') continue;
    open.payload += payload;
    if (keys.get('m') === '1') continue;
    const { columns, rows } = open;
    stored.set(open.id, {
      columns,
      rows,
      png: Buffer.from(open.payload, 'base64'),
      end: index + whole.length,
    });
    open = undefined;
  }
  return stored;
}

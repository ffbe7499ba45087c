import sixel from 'sixel';
import { imageSize } from '../../src/client/images/decode/image-header.js';
import { startTerminal, type TerminalOptions, type TerminalProgram } from './terminal-program.js';

/** The protocols that a fake terminal can speak. */
export type FakeKind = 'kitty' | 'iterm2' | 'sixel';

/** A picture that the terminal shows over its cells; places and sizes in cells, from 0. */
type ShownPicture = {
  readonly x: number;
  readonly y: number;
  readonly columns: number;
  readonly rows: number;
};

/** The program on a terminal that shows pictures. */
export type GraphicsTerminal = TerminalProgram & {
  /** The pictures drawn over cells and not erased since (iTerm2, sixel); strips below each other are one. */
  pictures(): readonly ShownPicture[];
  /** The pictures now stored under a number (kitty). */
  stored(): ReadonlyMap<number, StoredPicture>;
};

/** A picture as kitty stores it. */
type StoredPicture = {
  readonly columns: number;
  readonly rows: number;
  readonly png: Buffer;
  /** Where in everything that was written its upload ended. */
  readonly end: number;
};

const cell = { width: 10, height: 20 };
const question = '\x1b[c';
const cellReply = `\x1b[6;${cell.height};${cell.width}t`;

/** As the real ones answer to name, kitty protocol, cell size and device attributes, in one go. */
export const answersOf: Readonly<Record<FakeKind, string>> = {
  kitty: `\x1bP>|kitty(0.35.2)\x1b\\\x1b_Gi=31;OK\x1b\\${cellReply}\x1b[?62;c`,
  iterm2: `\x1bP>|iTerm2 3.5.0\x1b\\${cellReply}\x1b[?65;1;2;4;6c`,
  sixel: `\x1bP>|foot(1.16.2)\x1b\\${cellReply}\x1b[?62;4;22c`,
};

/** Starts the program on a terminal that answers and draws as one of that kind does. */
export function startGraphicsTerminal(
  kind: FakeKind,
  args: readonly string[],
  options: TerminalOptions = {},
): GraphicsTerminal {
  const program = startTerminal(args, { rows: 40, answers: { [question]: answersOf[kind] }, ...options });
  const { parser, buffer } = program.emulator;
  let pictures: ShownPicture[] = [];
  const draw = (columns: number, rows: number) => {
    const { cursorX: x, cursorY: y } = buffer.active;
    pictures = [...pictures.filter((one) => one.x !== x || one.y !== y), { x, y, columns, rows }];
    return true;
  };
  // Erasing or leaving the cells of a picture takes the picture away, whole rows only: the program erases no less.
  const eraseRow = (row: number) => {
    pictures = pictures.filter(({ y, rows }) => row < y || row >= y + rows);
  };
  parser.registerCsiHandler({ final: 'K' }, (parameters) => {
    if (parameters[0] === 2) eraseRow(buffer.active.cursorY);
    return false;
  });
  parser.registerCsiHandler({ final: 'J' }, () => {
    pictures = [];
    return false;
  });
  // What lies below the last row of a smaller window is gone.
  program.emulator.onResize(({ rows: left }) => {
    pictures = pictures.filter(({ y, rows }) => y + rows <= left);
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
  return { ...program, pictures: () => joined(pictures), stored: () => storedPictures(program.raw()) };
}

/** Pictures that stand right below each other, as one. */
function joined(strips: readonly ShownPicture[]): ShownPicture[] {
  const pictures: ShownPicture[] = [];
  for (const strip of strips.toSorted((one, other) => one.x - other.x || one.y - other.y)) {
    const above = pictures.at(-1);
    const continues =
      above?.x === strip.x && above.columns === strip.columns && above.y + above.rows === strip.y;
    if (continues) pictures[pictures.length - 1] = { ...above, rows: above.rows + strip.rows };
    else pictures.push(strip);
  }
  return pictures;
}

/** What kitty has stored after these bytes. */
function storedPictures(raw: string): Map<number, StoredPicture> {
  const stored = new Map<number, StoredPicture>();
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

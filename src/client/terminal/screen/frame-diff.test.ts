import { describe, expect, test } from '@jest/globals';
import xterm from '@xterm/headless';
import fc from 'fast-check';
import { textWidth } from '../text/text-width.js';
import { frameDiff } from './frame-diff.js';
import { parseBesidePanel, parsePanelRow, parseRow, type Row } from './row-cells.js';

const columns = 12;
const height = 3;

function newTerminal() {
  const terminal = new xterm.Terminal({ cols: columns, rows: height, scrollback: 0, allowProposedApi: true });
  return {
    /** Resolves with the cells after these bytes. Writes that are requested together take one moment. */
    write: (bytes: string) =>
      new Promise<readonly (readonly string[])[]>((resolve) =>
        terminal.write(bytes, () => resolve(cellsOf(terminal))),
      ),
  };
}

function cellsOf(terminal: xterm.Terminal): string[][] {
  return Array.from({ length: height }, (_, y) => {
    const line = terminal.buffer.active.getLine(y);
    return Array.from({ length: columns }, (_cell, x) => {
      const cell = line?.getCell(x);
      if (cell === undefined) return 'nothing';
      const colours = [cell.getFgColorMode(), cell.getFgColor(), cell.getBgColorMode(), cell.getBgColor()];
      const flags = [cell.isBold(), cell.isDim(), cell.isItalic(), cell.isUnderline(), cell.isInverse()];
      return [cell.getChars() || ' ', cell.getWidth(), ...colours, ...flags].join();
    });
  });
}

const reset = '\x1bc\x1b[?7l';
const reference = newTerminal();

/** The cells of the frame without optimisation. */
function expectedCells(frame: readonly string[]) {
  const rows = frame.map((row, y) => `\x1b[${y + 1};1H${row}\x1b[m\x1b]8;;\x1b\\`);
  return reference.write(reset + rows.join(''));
}

const rowOf = (source: string): Row => parseRow(source, columns);
const rowsOf = (frame: readonly string[]): Row[] => frame.map(rowOf);

const looks = [
  '\x1b[m',
  '\x1b[0m',
  '\x1b[1m',
  '\x1b[2m',
  '\x1b[22m',
  '\x1b[31m',
  '\x1b[39m',
  '\x1b[48;5;17m',
  '\x1b[49m',
  '\x1b[1;38;2;1;2;3m',
  '\x1b[7m',
  '\x1b[27m',
  '\x1b[4;32m',
  '\x1b[0;3m',
  '\x1b]8;id=1;https://a.example/\x1b\\',
  '\x1b]8;;\x1b\\',
];
const anyRow = fc
  .array(fc.constantFrom('a', 'b', ' ', '    ', '│', 'é', '日', '本', ...looks), { maxLength: 16 })
  .map((pieces) => {
    const fitting: string[] = [];
    let width = 0;
    for (const piece of pieces) {
      if (!piece.startsWith('\x1b')) width += textWidth(piece);
      if (width > columns) break;
      fitting.push(piece);
    }
    return fitting.join('');
  });
/** Consecutive frames are similar. */
const anyFrames = fc
  .tuple(
    fc.array(anyRow, { minLength: height, maxLength: height }),
    fc.array(fc.tuple(fc.nat(height - 1), anyRow), { maxLength: 4 }),
  )
  .map(([first, changes]) => {
    const frames = [first];
    for (const [y, row] of changes) frames.push((frames.at(-1) ?? first).with(y, row));
    return frames;
  });

describe('frameDiff', () => {
  test('the terminal shows exactly the next frame after any frame', async () => {
    const terminal = newTerminal();
    await fc.assert(
      fc.asyncProperty(anyFrames, async (frames) => {
        void terminal.write(`${reset}left over\r\nfrom before`);
        const all = frames.map(rowsOf);
        const cells = all.map((next, index) => terminal.write(frameDiff(all[index - 1] ?? [], next)));
        expect(await Promise.all(cells)).toEqual(await Promise.all(frames.map(expectedCells)));
      }),
    );
  });

  test('the terminal shows exactly the next frame after any frame beside a panel', async () => {
    const terminal = newTerminal();
    const panelColumns = 5;
    const besidePanel = (frame: readonly string[], panel: readonly string[]): Row[] =>
      frame.map((row, y) => parseBesidePanel(parsePanelRow(panel[y] ?? '', panelColumns), row, columns));
    const anyStep = fc.record({
      frame: fc.array(anyRow, { minLength: height, maxLength: height }),
      panel: fc.array(anyRow, { minLength: height, maxLength: height }),
      isShown: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { minLength: 1, maxLength: 4 }), async (steps) => {
        void terminal.write(`${reset}left over\r\nfrom before`);
        const all = steps.map(({ frame, panel, isShown }) =>
          isShown ? besidePanel(frame, panel) : rowsOf(frame),
        );
        const written = all.map((next, index) => terminal.write(frameDiff(all[index - 1] ?? [], next)));
        // Each frame as it is written without a frame before it.
        const whole = all.map((next) => reference.write(reset + frameDiff([], next)));
        expect(await Promise.all(written)).toEqual(await Promise.all(whole));
      }),
    );
  });

  test('a change of the panel writes only its cells, also beside an emoji', () => {
    const panel = (text: string) => parsePanelRow(text, 4);
    const beside = parseBesidePanel(panel('#a 1'), '👍 hi', columns);
    expect(frameDiff([beside], [parseBesidePanel(panel('#a 2'), '👍 hi', columns)])).toBe('\x1b[1;4H2');
    const samePanel = panel('👍 1');
    const typed = [parseBesidePanel(samePanel, 'hello', columns)];
    expect(frameDiff([parseBesidePanel(samePanel, 'hell', columns)], typed)).toBe('\x1b[1;9Ho');
    expect(frameDiff(typed, [parseBesidePanel(panel('👍 2'), 'hello', columns)])).toBe(
      '\x1b[1;1H    \x1b[1;1H👍\x1b[3G 2',
    );
  });

  test('the last column is written and not erased', async () => {
    const terminal = newTerminal();
    await terminal.write(`\x1b[?7l${frameDiff([], rowsOf(['│123456789│x', '日本日本日本']))}`);
    const before = rowsOf(['│123456789│x', '日本日本日本']);
    const cells = await terminal.write(frameDiff(before, rowsOf(['│123456789│y', '日本日本日語'])));
    expect(cells).toEqual(await expectedCells(['│123456789│y', '日本日本日語']));
  });

  test('unchanged cells are not written', () => {
    expect(frameDiff(rowsOf(['same', 'x']), rowsOf(['same', 'x']))).toBe('');
    expect(frameDiff(rowsOf(['same  ']), rowsOf(['\x1b[31m\x1b[msame']))).toBe('');
  });

  test('a typed letter writes only its cell', () => {
    expect(frameDiff(rowsOf(['│ hell    │']), rowsOf(['│ hello   │']))).toBe('\x1b[1;7Ho');
  });

  test('a shorter row is erased from its first change', () => {
    expect(frameDiff(rowsOf(['hello you']), rowsOf(['hello']))).toBe('\x1b[1;7H\x1b[K');
  });

  test('a row never exceeds the width', async () => {
    const terminal = newTerminal();
    const cells = await terminal.write(
      `\x1b[?7l${frameDiff([], rowsOf(['x'.repeat(50), '日'.repeat(50), 'a日本日本日本']))}`,
    );
    expect(cells).toEqual(await expectedCells(['x'.repeat(12), '日'.repeat(6), 'a日本日本日']));
  });

  test('rows can set colours and nothing else', () => {
    const hostile = 'a\x1b]0;title\x07\x1b[2J\x1b[5;5Hb\r\x08\x9b31mc\x1bPq\x1b\\';
    const written = frameDiff([], [parseRow(hostile, 80)]).replace(/\x1b\[(?:1;1H|2K)/g, '');
    expect(written).toMatch(/^\P{Cc}*$/u);
  });

  test('a changed part of a hyperlink is written as a part of it', () => {
    const link = (text: string, url = 'https://a.example/') =>
      `\x1b]8;id=1;${url}\x1b\\${text}\x1b]8;;\x1b\\`;
    const shown = rowsOf([`see ${link('here')}.`]);
    expect(frameDiff([], shown)).toBe(`\x1b[1;1H\x1b[2Ksee ${link('here')}.`);
    expect(frameDiff(shown, rowsOf([`see ${link('hare')}.`]))).toBe(`\x1b[1;6H${link('a')}`);
    expect(frameDiff(shown, rowsOf([`see ${link('here', 'https://b.example/')}.`]))).toBe(
      `\x1b[1;5H${link('here', 'https://b.example/')}`,
    );
    expect(frameDiff(shown, rowsOf(['see here.']))).toBe('\x1b[1;5Hhere');
  });

  test('text after an emoji is in its column for any width of the emoji', async () => {
    const frame = ['👩🏽‍🚀 hi', '❤️│'];
    const terminal = newTerminal();
    const [first = [], second = []] = await terminal.write(`\x1b[?7l${frameDiff([], rowsOf(frame))}`);
    expect([first[3]?.charAt(0), first[4]?.charAt(0), second[2]?.charAt(0)]).toEqual(['h', 'i', '│']);
  });

  test('a change beside an emoji writes the whole row', () => {
    expect(frameDiff(rowsOf(['👍 a']), rowsOf(['👍 b']))).toBe('\x1b[1;1H\x1b[2K👍\x1b[3G b');
  });

  test("kitty's image cells are written without cursor movements", () => {
    const image = '\x1b[38;5;42m\u{10eeee}\u0305\u0305\u{10eeee}\u0305\u030d\x1b[39m';
    expect(frameDiff([], rowsOf([image]))).toBe(
      '\x1b[1;1H\x1b[2K\x1b[38;5;42m\u{10eeee}\u0305\u0305\u{10eeee}\u0305\u030d\x1b[m',
    );
  });
});

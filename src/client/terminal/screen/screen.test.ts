import { EventEmitter } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { frameStream } from './frame-stream.js';
import { Screen } from './screen.js';

/** Records writes, and can be slow. */
class RecordedOutput extends EventEmitter {
  columns = 20;
  rows = 4;
  writableNeedDrain = false;
  written: string[] = [];

  write(bytes: string): boolean {
    this.written.push(bytes);
    return true;
  }

  /** The bytes written since the last call, after the screen had its turn. */
  async taken(): Promise<string> {
    await nextTurn();
    await nextTurn();
    return this.written.splice(0).join('');
  }
}

async function startedScreen(frame: readonly string[] = ['top', '', '', 'bottom']) {
  const output = new RecordedOutput();
  const screen = new Screen(output, () => undefined);
  screen.start();
  screen.setFrame(frame);
  await output.taken();
  return { output, screen };
}

describe('Screen', () => {
  test('a flush is one synchronised write', async () => {
    const { output, screen } = await startedScreen();
    screen.setFrame(['top', 'botany']);
    screen.setBody(['one', 'two'], 1);
    expect(await output.taken()).toBe('\x1b[?2026h\x1b[2;1Hone\x1b[3;1Htwo\x1b[4;4Hany\x1b[?2026l');
    expect(await output.taken()).toBe('');
  });

  test('the body appears between the rows of the frame', async () => {
    const { output, screen } = await startedScreen(['a', 'b', 'c', 'd']);
    screen.setFrame(['a', 'd']);
    screen.setBody(['', 'C'], 1);
    expect(await output.taken()).toBe('\x1b[?2026h\x1b[2;1H\x1b[K\x1b[3;1HC\x1b[?2026l');
    screen.setBody([], 1);
    screen.setFrame(['a', 'b', 'c', 'd']);
    expect(await output.taken()).toBe('\x1b[?2026h\x1b[2;1Hb\x1b[3;1Hc\x1b[?2026l');
  });

  test('a panel is left of frame and body, and only its changed cells are written', async () => {
    const { output, screen } = await startedScreen(['a', 'b', 'c', 'd']);
    screen.setPanel(['#x │', '#y │'], 1, 4);
    expect(await output.taken()).toBe('\x1b[?2026h\x1b[2;1H\x1b[2K#x │b\x1b[3;1H\x1b[2K#y │c\x1b[?2026l');
    screen.setFrame(['a', 'd']);
    screen.setBody(['B', 'C'], 1);
    await output.taken();
    screen.setPanel(['#x │', '#y2│'], 1, 4);
    expect(await output.taken()).toBe('\x1b[?2026h\x1b[3;3H2\x1b[?2026l');
    screen.setPanel([], 1, 0);
    expect(await output.taken()).toBe('\x1b[?2026h\x1b[2;1H\x1b[2KB\x1b[3;1H\x1b[2KC\x1b[?2026l');
  });

  test('an image beside the panel is not drawn again when only the panel changes', async () => {
    const { output, screen } = await startedScreen();
    screen.setPanel(['1│', '1│'], 1, 2);
    screen.setOverlays([{ x: 2, y: 1, rows: 2, bytes: 'IMAGE' }]);
    expect(await output.taken()).toContain('IMAGE');
    screen.setPanel(['2│', '1│'], 1, 2);
    expect(await output.taken()).toBe('\x1b[?2026h\x1b[2;1H2\x1b[?2026l');
  });

  test('the cursor is at the draft and hidden while drawing; a key press writes under 100 bytes', async () => {
    const { output, screen } = await startedScreen();
    screen.setCursor({ x: 6, y: 3 });
    expect(await output.taken()).toBe('\x1b[4;7H\x1b[?25h');
    screen.setFrame(['top', '', '', 'bottomx']);
    screen.setCursor({ x: 7, y: 3 });
    const written = await output.taken();
    expect(written).toBe('\x1b[?2026h\x1b[?25l\x1b[4;7Hx\x1b[4;8H\x1b[?25h\x1b[?2026l');
    expect(written.length).toBeLessThan(100);
    screen.setCursor(undefined);
    expect(await output.taken()).toBe('\x1b[?25l');
    screen.setCursor({ x: 900, y: -1 });
    expect(await output.taken()).toBe('\x1b[1;20H\x1b[?25h');
  });

  test('a resize and redraw write everything again', async () => {
    const { output, screen } = await startedScreen(['top']);
    const events: string[] = [];
    screen.on('resize', () => events.push('resize')).on('redraw', () => events.push('redraw'));
    Object.assign(output, { columns: 10, rows: 2 }).emit('resize');
    expect(await output.taken()).toContain('\x1b[1;1H\x1b[2Ktop\x1b[2;1H\x1b[2K');
    screen.redraw();
    expect(await output.taken()).toContain('\x1b[1;1H\x1b[2Ktop\x1b[2;1H\x1b[2K');
    expect(events).toEqual(['resize', 'redraw']);
  });

  test('the screen never writes more rows than the terminal has', async () => {
    const { output } = await startedScreen(Array.from({ length: 50 }, (_, y) => `row ${y}`));
    output.emit('resize');
    expect(await output.taken()).not.toContain('row 4');
  });

  test('while the last write is pending, new frames replace each other', async () => {
    const { output, screen } = await startedScreen();
    output.writableNeedDrain = true;
    screen.setFrame(['first']);
    expect(await output.taken()).toBe('');
    screen.setFrame(['second']);
    expect(await output.taken()).toBe('');
    output.writableNeedDrain = false;
    output.emit('drain');
    const written = await output.taken();
    expect(written).toContain('second');
    expect(written).not.toContain('first');
  });

  test('writeOutside writes bytes once, before or after the frame', async () => {
    const { output, screen } = await startedScreen();
    screen.writeOutside('<upload 1>', 'before-frame');
    screen.writeOutside('<upload 2>', 'before-frame');
    screen.writeOutside('<image>');
    screen.setFrame(['new']);
    expect(await output.taken()).toMatch(/^<upload 1><upload 2>\x1b\[\?2026h.*new.*<image>\x1b\[\?2026l$/);
    expect(await output.taken()).toBe('');
  });

  test('invalidate writes rows again', async () => {
    const { output, screen } = await startedScreen();
    screen.invalidate(3, 100);
    expect(await output.taken()).toBe('\x1b[?2026h\x1b[4;1H\x1b[2Kbottom\x1b[?2026l');
  });

  test('a stopped screen writes nothing, a restarted screen everything', async () => {
    const { output, screen } = await startedScreen(['top']);
    screen.setFrame(['unseen']);
    screen.stop();
    expect(await output.taken()).toBe('');
    expect(output.listenerCount('resize') + output.listenerCount('drain')).toBe(0);
    screen.start();
    expect(await output.taken()).toContain('unseen');
  });
});

describe('overlays', () => {
  const image = { x: 2, y: 1, rows: 2, bytes: '<image>' };

  test('are drawn after the rows, once', async () => {
    const { output, screen } = await startedScreen(['top', 'bottom']);
    screen.setBody(['', ''], 1);
    await output.taken();
    screen.setBody(['one', 'two'], 1);
    screen.setOverlays([image]);
    expect(await output.taken()).toBe('\x1b[?2026h\x1b[2;1Hone\x1b[3;1Htwo\x1b[2;3H<image>\x1b[?2026l');
    screen.setOverlays([{ ...image }]);
    screen.setFrame(['top', 'botany']);
    expect(await output.taken()).not.toContain('<image>');
  });

  test('that are large are all drawn, one per turn with keys handled in between', async () => {
    const { output, screen } = await startedScreen(['top', 'bottom']);
    screen.setBody(['', ''], 1);
    await output.taken();
    const strips = ['a', 'b'].map((letter, row) => ({
      x: 2,
      y: 1 + row,
      rows: 1,
      bytes: letter.repeat(40_000),
    }));
    const { written } = output;
    const kinds = (bytes: string): string =>
      bytes.replace(/(.)\1{39999}/g, '<$1>').replace(/\x1b[^A-Za-z]*[A-Za-z]/g, '');
    const nextWrites = (): string[] => written.splice(0).map(kinds);
    screen.setOverlays(strips);
    await nextTurn();
    expect(nextWrites()).toEqual(['<a>']);
    await nextTurn();
    expect(nextWrites()).toEqual(['<b>']);
    screen.redraw();
    await nextTurn();
    expect(nextWrites()).toEqual(['topbottom<a>']);
    screen.setFrame(['top', 'botany']);
    await nextTurn();
    expect(nextWrites()).toEqual(['any<b>']);
    expect(await output.taken()).toBe('');
    // Both are overwritten, and the one not yet drawn is removed with its drawn part.
    screen.setBody(['x', 'y'], 1);
    await nextTurn();
    expect(nextWrites()).toEqual(['xy<a>']);
    screen.setOverlays(strips.slice(0, 1));
    expect(kinds(await output.taken())).toBe('y');
    screen.setOverlays(strips);
    expect(kinds(await output.taken())).toBe('<b>');
  });

  test('are drawn again when a row below them is written', async () => {
    const { output, screen } = await startedScreen(['top', 'bottom']);
    screen.setBody(['', ''], 1);
    screen.setOverlays([image]);
    await output.taken();
    screen.setBody(['', 'x'], 1);
    expect(await output.taken()).toBe('\x1b[?2026h\x1b[3;1Hx\x1b[2;3H<image>\x1b[?2026l');
    screen.redraw();
    expect(await output.taken()).toContain('<image>');
    output.columns = 30;
    output.emit('resize');
    expect(await output.taken()).toContain('<image>');
  });

  test('leave blank rows when they are removed or moved', async () => {
    const { output, screen } = await startedScreen();
    screen.setOverlays([image]);
    await output.taken();
    screen.setOverlays([{ ...image, y: 0 }]);
    expect(await output.taken()).toBe(
      '\x1b[?2026h\x1b[2;1H\x1b[2K\x1b[3;1H\x1b[2K\x1b[1;3H<image>\x1b[?2026l',
    );
    screen.setOverlays([]);
    expect(await output.taken()).toBe('\x1b[?2026h\x1b[1;1H\x1b[2Ktop\x1b[2;1H\x1b[2K\x1b[?2026l');
  });

  test('that were never drawn because the terminal was slow leave nothing', async () => {
    const { output, screen } = await startedScreen();
    output.writableNeedDrain = true;
    screen.setOverlays([image]);
    await output.taken();
    screen.setOverlays([]);
    output.writableNeedDrain = false;
    output.emit('drain');
    expect(await output.taken()).toBe('');
  });
});

describe('the size of the screen', () => {
  test('is measured again at a redraw', () => {
    const output = new RecordedOutput();
    let columns = 20;
    const screen = new Screen(output, () => {
      if (output.columns === columns) return;
      output.columns = columns;
      output.emit('resize');
    });
    const sizes: number[] = [];
    screen.on('resize', () => sizes.push(screen.columns));
    screen.start();
    columns = 30;
    screen.redraw();
    screen.redraw();
    screen.stop();
    columns = 40;
    screen.start();
    expect(sizes).toEqual([30, 40]);
  });

  test('that changed while the screen was stopped is reported when it starts again', async () => {
    const { output, screen } = await startedScreen();
    const sizes: number[] = [];
    screen.on('resize', () => sizes.push(screen.rows));
    screen.stop();
    output.rows = 9;
    output.emit('resize');
    screen.start();
    expect(sizes).toEqual([9]);
  });
});

describe('frameStream', () => {
  test('each write is a whole frame, except for cursor sequences', async () => {
    const { output, screen } = await startedScreen();
    const stream = frameStream(screen);
    stream.write('\x1b[?25l');
    stream.write('');
    stream.write('one\ntwo');
    expect(await output.taken()).toBe('\x1b[?2026h\x1b[1;1Hone\x1b[2;1Htwo\x1b[4;1H\x1b[K\x1b[?2026l');
    expect([stream.columns, stream.rows, stream.isTTY]).toEqual([20, 4, true]);
  });

  test('emits resize', async () => {
    const { output, screen } = await startedScreen();
    const stream = frameStream(screen);
    let resizes = 0;
    stream.on('resize', () => (resizes += 1));
    output.emit('resize');
    expect(resizes).toBe(1);
  });
});

import { describe, expect, test } from '@jest/globals';
import { terminalModes } from './terminal-modes.js';
import { writeNow } from './terminal.js';

function recordedModes() {
  const written: string[] = [];
  return { modes: terminalModes((bytes) => written.push(bytes)), written };
}

describe('terminalModes', () => {
  test('leave resets every mode that enter sets, the alternate screen just before the title', () => {
    const { modes, written } = recordedModes();
    modes.enter();
    modes.leave();
    const [entered = '', left = ''] = written;
    for (const [, mode = ''] of entered.matchAll(/\x1b\[\?(\d+)h/g)) expect(left).toContain(`\x1b[?${mode}l`);
    expect(entered).toContain('\x1b[?1049h');
    expect(left).toContain('\x1b[?25h');
    expect(left).toContain('\x1b[?7h');
    // The keyboard protocol's stack belongs to the alternate screen.
    expect(entered.indexOf('\x1b[>5u')).toBeGreaterThan(entered.indexOf('\x1b[?1049h'));
    expect(left.indexOf('\x1b[<u')).toBeLessThan(left.indexOf('\x1b[?1049l'));
    expect(left.endsWith('\x1b[?1049l\x1b[23;0t')).toBe(true);
  });

  test('enter and leave are idempotent', () => {
    const { modes, written } = recordedModes();
    modes.leave();
    modes.enter();
    modes.enter();
    modes.leave();
    modes.leave();
    modes.enter();
    expect(written.length).toBe(3);
  });

  test('the mouse is reported only while it is on, also after leaving and entering again', () => {
    const { modes, written } = recordedModes();
    const mouseOn = '\x1b[?1000h\x1b[?1006h';
    modes.setMouse(false);
    modes.enter();
    expect(written[0]).not.toContain('\x1b[?1000h');
    modes.setMouse(true);
    modes.setMouse(true);
    expect(written[1]).toBe(mouseOn);
    modes.leave();
    expect(written[2]).toContain('\x1b[?1006l\x1b[?1000l');
    modes.enter();
    expect(written[3]).toContain(mouseOn);
    modes.refresh();
    expect(written[4]).toContain(mouseOn);
    modes.setMouse(false);
    expect(written[5]).toBe('\x1b[?1006l\x1b[?1000l');
    expect(written).toHaveLength(6);
  });

  test('alternate scroll is off inside, and restored or on after leaving', () => {
    const { modes, written } = recordedModes();
    modes.enter();
    modes.refresh();
    modes.leave();
    expect(written[0]).toContain('\x1b[?1007s\x1b[?1007l');
    // Saving it again would save that it is off.
    expect(written[1]).not.toContain('\x1b[?1007s');
    expect(written[2]).toContain('\x1b[?1007h\x1b[?1007r');
  });

  test('a failed leave is not retried', () => {
    let writes = 0;
    const modes = terminalModes(() => {
      writes += 1;
      if (writes === 2) throw new Error('EIO');
    });
    modes.enter();
    expect(() => modes.leave()).toThrow('EIO');
    modes.leave();
    expect(writes).toBe(2);
  });

  test('each leave first writes the cleanups', () => {
    const { modes, written } = recordedModes();
    let images = '\x1b_Ga=d\x1b\\';
    modes.enter();
    modes.beforeLeave(() => images);
    modes.leave();
    expect(written[1]).toContain('\x1b_Ga=d\x1b\\');
    expect(written[1]?.indexOf('\x1b_Ga=d')).toBeLessThan(written[1]?.indexOf('\x1b[?1049l') ?? 0);
    images = '';
    modes.enter();
    modes.leave();
    expect(written[3]).not.toContain('\x1b_Ga=d');
  });

  test('the terminal is restored if a cleanup throws', () => {
    const { modes, written } = recordedModes();
    modes.enter();
    modes.beforeLeave(() => {
      throw new Error('confused');
    });
    modes.leave();
    expect(written[1]).toContain('\x1b[?1049l');
  });
});

describe('writeNow', () => {
  const again = Object.assign(new Error('busy'), { code: 'EAGAIN' });

  test('continues after a partial write and after EAGAIN', () => {
    const taken: string[] = [];
    let calls = 0;
    writeNow(1, 'hello', (_, bytes) => {
      calls += 1;
      if (calls === 2) throw again;
      taken.push(Buffer.from(bytes.subarray(0, 2)).toString());
      return Math.min(2, bytes.length);
    });
    expect(taken).toEqual(['he', 'll', 'o']);
  });

  test('throws other errors', () => {
    expect(() =>
      writeNow(1, 'x', () => {
        throw new Error('EIO');
      }),
    ).toThrow('EIO');
  });
});

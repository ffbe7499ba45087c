import { Writable } from 'node:stream';
import type { Screen } from './screen.js';

/**
 * The stream for Ink to render into, as its `stdout`, with `debug: true` and `patchConsole: false`: Ink then writes
 * one whole frame a commit.
 */
export function frameStream(screen: Screen): NodeJS.WriteStream {
  const stream = new FrameStream(screen);
  screen.on('resize', () => stream.emit('resize'));
  // Ink uses of a WriteStream what Writable has, and these: isTTY, columns, rows and the event `resize`.
  return stream as unknown as NodeJS.WriteStream;
}

class FrameStream extends Writable {
  readonly isTTY = true;
  readonly #screen: Screen;

  constructor(screen: Screen) {
    super({ decodeStrings: false });
    this.#screen = screen;
  }

  get columns(): number {
    return this.#screen.columns;
  }

  get rows(): number {
    return this.#screen.rows;
  }

  override _write(frame: unknown, _encoding: BufferEncoding, taken: () => void): void {
    // Ink also shows and hides the cursor, which is the screen's to do.
    if (typeof frame === 'string' && frame !== '' && !frame.startsWith('\x1b[?')) {
      this.#screen.setFrame(frame.split('\n'));
    }
    taken();
  }
}

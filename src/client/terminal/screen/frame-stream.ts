import { Writable } from 'node:stream';
import type { Screen } from './screen.js';

/** The `stdout` for Ink with `debug: true` and `patchConsole: false`: one whole frame per write. */
export function frameStream(screen: Screen): NodeJS.WriteStream {
  const stream = new FrameStream(screen);
  screen.on('resize', () => stream.emit('resize'));
  // Ink uses only Writable, `isTTY`, `columns`, `rows` and the event `resize`.
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

  override _write(frame: unknown, _encoding: BufferEncoding, done: () => void): void {
    if (typeof frame === 'string' && frame !== '' && !frame.startsWith('\x1b[?')) {
      this.#screen.setFrame(frame.split('\n'));
    }
    done();
  }
}

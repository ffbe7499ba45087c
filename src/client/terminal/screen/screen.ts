import { EventEmitter } from 'node:events';
import { cursorTo, frameDiff } from './frame-diff.js';
import { firstOverlays, isHurt, isSameOverlay, overlaySequence, type Overlay } from './overlay.js';
import { parseRow, type Row } from './row-cells.js';

/** A place on the screen; both from 0. */
export type CellPosition = { readonly x: number; readonly y: number };

/** What a screen needs of stdout. */
export type ScreenOutput = {
  readonly columns: number;
  readonly rows: number;
  /** Whether the terminal has not yet taken what was written. */
  readonly writableNeedDrain: boolean;
  write(bytes: string): boolean;
  on(event: 'resize' | 'drain', listener: () => void): unknown;
  off(event: 'resize' | 'drain', listener: () => void): unknown;
};

/**
 * So much of what is drawn over the rows is written at once. A terminal is written to in one go, however long it takes to
 * read: keys are served between two of these.
 */
const overlayBytesATurn = 64 * 1024;

const synchronised = { begin: '\x1b[?2026h', end: '\x1b[?2026l' };
const cursor = { show: '\x1b[?25h', hide: '\x1b[?25l' };

/**
 * The full-screen frame writer. The layout's frame (`setFrame`) and the body's finished rows (`setBody`) are
 * composed once per turn of the event loop, and only what changed is written. While the terminal has not taken the
 * last write, newer frames replace each other. Emits `resize`, and `redraw` when the terminal may have forgotten
 * everything, images too.
 */
export class Screen extends EventEmitter<{ resize: []; redraw: [] }> {
  readonly #output: ScreenOutput;
  readonly #measure: () => void;
  #size: { columns: number; rows: number };
  #isStarted = false;
  #isScheduled = false;
  #frame: readonly string[] = [];
  #body: readonly string[] = [];
  #bodyTop = 0;
  #cursor: CellPosition | undefined;
  #overlays: readonly Overlay[] = [];
  #beforeFrame = '';
  #afterFrame = '';
  /** What the terminal shows. */
  #shown: (Row | undefined)[] = [];
  /** What may be seen of it now, even if a part of that has been written over. */
  #shownOverlays: readonly Overlay[] = [];
  /** Those of them that must still be drawn. */
  #dueOverlays: readonly Overlay[] = [];
  #shownColumns = 0;
  #shownCursor = '';

  /** `measure` has the output ask the terminal for its size. */
  constructor(output: ScreenOutput, measure: () => void) {
    super();
    this.#output = output;
    this.#measure = measure;
    this.#size = { columns: this.columns, rows: this.rows };
  }

  /** Width in cells. */
  get columns(): number {
    return this.#output.columns || 80;
  }

  /** Height in cells. */
  get rows(): number {
    return this.#output.rows || 24;
  }

  /** Begins to draw, everything again; the terminal is in the modes of `terminal-modes.ts`, its cursor hidden. */
  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#shownCursor = '';
    this.#output.on('resize', this.#onResize);
    this.#output.on('drain', this.#schedule);
    this.redraw();
  }

  /** Draws no more, until started again. */
  stop(): void {
    this.#isStarted = false;
    this.#output.off('resize', this.#onResize);
    this.#output.off('drain', this.#schedule);
  }

  /** The frame as rows of text and SGR sequences, from the top, without the body's rows. Missing rows and row ends are blank. */
  setFrame(rows: readonly string[]): void {
    this.#frame = rows;
    this.#schedule();
  }

  /** Finished rows that stand from row `top` on, between those of the frame: a layout of the frame costs nothing for them. */
  setBody(rows: readonly string[], top: number): void {
    this.#body = rows;
    this.#bodyTop = top;
    this.#schedule();
  }

  /**
   * What is drawn over the rows, and nothing else, a little at a time. Drawn again whenever a row below it is written; what
   * is no longer here goes, as the rows that it covered are written again.
   */
  setOverlays(overlays: readonly Overlay[]): void {
    this.#overlays = overlays;
    this.#schedule();
  }

  /** Where text goes, so that input methods show their window there; `undefined` hides the cursor. */
  setCursor(position: CellPosition | undefined): void {
    this.#cursor = position;
    this.#schedule();
  }

  /**
   * Bytes outside the grid (image uploads, title, bell), written once, in order, before or after the
   * next frame. They must leave the text style as it was; the cursor is put back.
   */
  writeOutside(bytes: string, when: 'before-frame' | 'after-frame' = 'after-frame'): void {
    if (when === 'before-frame') this.#beforeFrame += bytes;
    else this.#afterFrame += bytes;
    this.#schedule();
  }

  /** Writes rows `from` up to, not including, `to` again, though they are the same: something was drawn over them. */
  invalidate(from: number, to: number): void {
    for (let y = Math.max(0, from); y < Math.min(to, this.rows); y += 1) this.#shown[y] = undefined;
    this.#schedule();
  }

  /** Writes everything again, at the size that the terminal has now. */
  redraw(): void {
    this.#measure();
    // It may also have been resized while nobody listened.
    if (this.columns !== this.#size.columns || this.rows !== this.#size.rows) this.#onResize();
    this.#shown = [];
    this.emit('redraw');
    this.#schedule();
  }

  readonly #onResize = (): void => {
    this.#size = { columns: this.columns, rows: this.rows };
    this.emit('resize');
    this.#schedule();
  };

  readonly #schedule = (): void => {
    if (this.#isScheduled || !this.#isStarted) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      // The `drain` event schedules again.
      if (this.#isStarted && !this.#output.writableNeedDrain) this.#flush();
    });
  };

  #flush(): void {
    const { columns } = this;
    if (columns !== this.#shownColumns || this.rows !== this.#shown.length) this.#shown = [];
    this.#shownColumns = columns;
    for (const gone of this.#shownOverlays)
      if (!this.#overlays.some(isSameOverlay(gone))) this.#uncover(gone);
    const next = this.#composed();
    const due = this.#overlays.filter(
      (overlay) =>
        isHurt(overlay, this.#shown, next) ||
        !this.#shownOverlays.some(isSameOverlay(overlay)) ||
        this.#dueOverlays.some(isSameOverlay(overlay)),
    );
    const covering = firstOverlays(due, overlayBytesATurn);
    const drawn = frameDiff(this.#shown, next) + covering.map(overlaySequence).join('') + this.#afterFrame;
    this.#shown = next;
    this.#shownOverlays = this.#overlays;
    this.#dueOverlays = due.slice(covering.length);
    if (this.#dueOverlays.length > 0) this.#schedule();
    const cursorNow = this.#cursorSequence();
    const bytes =
      this.#beforeFrame +
      (drawn === '' && this.#beforeFrame === ''
        ? this.#cursorChange(cursorNow)
        : `${synchronised.begin}${this.#shownCursor === '' ? '' : cursor.hide}${drawn}${cursorNow}${synchronised.end}`);
    this.#beforeFrame = '';
    this.#afterFrame = '';
    this.#shownCursor = cursorNow;
    if (bytes !== '') this.#output.write(bytes);
  }

  #uncover({ y, rows }: Overlay): void {
    for (let row = y; row < Math.min(y + rows, this.#shown.length); row += 1) this.#shown[row] = undefined;
  }

  #composed(): Row[] {
    const { columns, rows } = this;
    return Array.from({ length: rows }, (_, y) => {
      const source = this.#sourceAt(y);
      const shown = this.#shown[y];
      return shown?.source === source ? shown : parseRow(source, columns);
    });
  }

  #sourceAt(y: number): string {
    const inBody = y - this.#bodyTop;
    if (inBody < 0) return this.#frame[y] ?? '';
    return this.#body[inBody] ?? this.#frame[y - this.#body.length] ?? '';
  }

  /** Nothing else changed: the cursor alone moves, shows or hides. */
  #cursorChange(cursorNow: string): string {
    if (cursorNow === this.#shownCursor) return '';
    return cursorNow === '' ? cursor.hide : cursorNow;
  }

  /** To the cursor's place, shown; empty if there is none. */
  #cursorSequence(): string {
    if (this.#cursor === undefined) return '';
    const x = Math.min(Math.max(0, this.#cursor.x), this.columns - 1);
    const y = Math.min(Math.max(0, this.#cursor.y), this.rows - 1);
    return cursorTo(x, y) + cursor.show;
  }
}

import { EventEmitter } from 'node:events';
import {
  cursorTo,
  frameDiff,
  firstOverlays,
  isOverwritten,
  isSameOverlay,
  overlaySequence,
  type Overlay,
} from './frame-diff.js';
import { parseBesidePanel, parsePanelRow, parseRow, type Row } from './row-cells.js';

type CellPosition = { readonly x: number; readonly y: number };

type ScreenOutput = {
  readonly columns: number;
  readonly rows: number;
  readonly writableNeedDrain: boolean;
  write(bytes: string): boolean;
  on(event: 'resize' | 'drain', listener: () => void): unknown;
  off(event: 'resize' | 'drain', listener: () => void): unknown;
};

/** A terminal write blocks until it is read; keys are handled between two writes. */
const maxOverlayBytesPerTick = 64 * 1024;

const synchronised = { begin: '\x1b[?2026h', end: '\x1b[?2026l' };
const cursor = { show: '\x1b[?25h', hide: '\x1b[?25l' };

/**
 * Composes frame and body once per turn of the event loop and writes what changed. While the terminal is slow, newer
 * frames replace each other. Emits `redraw` when the terminal may have lost everything, images too.
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
  #panel: readonly Row[] = [];
  #panelSources: readonly string[] = [];
  #panelTop = 0;
  #panelColumns = 0;
  #cursor: CellPosition | undefined;
  #overlays: readonly Overlay[] = [];
  #beforeFrame = '';
  #afterFrame = '';
  #shown: (Row | undefined)[] = [];
  /** May be visible, even if a part was overwritten. */
  #shownOverlays: readonly Overlay[] = [];
  #dueOverlays: readonly Overlay[] = [];
  #shownColumns = 0;
  #shownCursor = '';

  constructor(output: ScreenOutput, measure: () => void) {
    super();
    this.#output = output;
    this.#measure = measure;
    this.#size = { columns: this.columns, rows: this.rows };
  }

  get columns(): number {
    return this.#output.columns || 80;
  }

  get rows(): number {
    return this.#output.rows || 24;
  }

  /** Draws everything again. Expects the modes of `terminal-modes.ts`. */
  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#shownCursor = '';
    this.#output.on('resize', this.#onResize);
    this.#output.on('drain', this.#schedule);
    this.redraw();
  }

  stop(): void {
    this.#isStarted = false;
    this.#output.off('resize', this.#onResize);
    this.#output.off('drain', this.#schedule);
  }

  /** Text and SGR sequences, without the body's rows. Missing rows are blank. */
  setFrame(rows: readonly string[]): void {
    this.#frame = rows;
    this.#schedule();
  }

  /** Finished rows from `top` on, between those of the frame, whose layout does not include them. */
  setBody(rows: readonly string[], top: number): void {
    this.#body = rows;
    this.#bodyTop = top;
    this.#schedule();
  }

  /**
   * Finished rows from `top` on that fill the first `columns` cells; the rows of frame and body are beside them, and
   * begin right of them. With the same list nothing is done.
   */
  setPanel(rows: readonly string[], top: number, columns: number): void {
    if (rows === this.#panelSources && top === this.#panelTop && columns === this.#panelColumns) return;
    const known = columns === this.#panelColumns ? this.#panel : [];
    this.#panel = rows.map((source, index) => {
      const row = known[index];
      return row?.source === source ? row : parsePanelRow(source, columns);
    });
    this.#panelSources = rows;
    this.#panelTop = top;
    this.#panelColumns = columns;
    this.#schedule();
  }

  /** Draws them again when a row below is written. A removed overlay is overwritten by its rows. */
  setOverlays(overlays: readonly Overlay[]): void {
    this.#overlays = overlays;
    this.#schedule();
  }

  /** Input methods show their window there; `undefined` hides the cursor. */
  setCursor(position: CellPosition | undefined): void {
    this.#cursor = position;
    this.#schedule();
  }

  /** Writes uploads, title or bell once, in order. They must not change the text style. */
  writeOutside(bytes: string, when: 'before-frame' | 'after-frame' = 'after-frame'): void {
    if (when === 'before-frame') this.#beforeFrame += bytes;
    else this.#afterFrame += bytes;
    this.#schedule();
  }

  /** For rows that something was drawn over; `to` is exclusive. */
  invalidate(from: number, to: number): void {
    for (let y = Math.max(0, from); y < Math.min(to, this.rows); y += 1) this.#shown[y] = undefined;
    this.#schedule();
  }

  redraw(): void {
    this.#measure();
    // A resize while stopped was not noticed.
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
        isOverwritten(overlay, this.#shown, next) ||
        !this.#shownOverlays.some(isSameOverlay(overlay)) ||
        this.#dueOverlays.some(isSameOverlay(overlay)),
    );
    const covering = firstOverlays(due, maxOverlayBytesPerTick);
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
      const panel = this.#panel[y - this.#panelTop];
      if (shown?.source === source && shown.panel === panel) return shown;
      return panel ? parseBesidePanel(panel, source, columns) : parseRow(source, columns);
    });
  }

  #sourceAt(y: number): string {
    const bodyRow = y - this.#bodyTop;
    if (bodyRow < 0) return this.#frame[y] ?? '';
    return this.#body[bodyRow] ?? this.#frame[y - this.#body.length] ?? '';
  }

  #cursorChange(cursorNow: string): string {
    if (cursorNow === this.#shownCursor) return '';
    return cursorNow === '' ? cursor.hide : cursorNow;
  }

  #cursorSequence(): string {
    if (this.#cursor === undefined) return '';
    const x = Math.min(Math.max(0, this.#cursor.x), this.columns - 1);
    const y = Math.min(Math.max(0, this.#cursor.y), this.rows - 1);
    return cursorTo(x, y) + cursor.show;
  }
}

import { createElement } from 'react';
import { type Instance, render } from 'ink';
import type { Clock } from '../../shared/clock.js';
import type { Graphics } from '../images/graphics/graphics.js';
import { createUploadQueue, type UploadQueue } from '../images/upload-queue.js';
import { initialState } from '../session/state.js';
import type { ColourDepth } from '../terminal/colour/colour-depth.js';
import { frameStream } from '../terminal/screen/frame-stream.js';
import type { Screen } from '../terminal/screen/screen.js';
import { App } from './frame/app.js';
import type { AppState } from './app-state.js';
import { mentionsOf } from './attention/mentions.js';
import { MessageList, RowCache } from './conversation/message-list.js';
import type { PictureBox } from './conversation/message-block.js';
import type { ListView } from './conversation/list-view.js';
import { visibleRows } from './conversation/visible-rows.js';
import { frameView, layoutComposer } from './frame/frame-view.js';
import { backgroundOf } from './theme/background-of.js';
import { type Theme, themeFor } from './theme/theme.js';
import { createPictures, type Pictures } from './pictures.js';

/** What the painter draws with. */
export type PainterOptions = {
  readonly screen: Screen;
  readonly clock: Clock;
  readonly depth: ColourDepth;
  /** How pictures are shown, as of now. */
  readonly graphics: () => Graphics;
  /** Adds what is written before the terminal is given back. */
  readonly beforeLeave: (bytes: () => string) => void;
  /** Something changed that is not in the state, such as a picture that became ready: draw again. */
  readonly onChange: () => void;
};

const maxPicture = { columns: 60, rows: 16 };

/**
 * Draws a state: Ink lays out and draws the frame, only when what it shows has changed; the messages are
 * finished rows that go straight to the screen. So a key press costs neither a layout of the list nor its bytes.
 */
export class Painter {
  readonly #options: PainterOptions;
  readonly #ink: Instance;
  /** One for all ways of showing pictures: what one of them has half sent comes to its end before the next one's. */
  readonly #uploads: UploadQueue;
  #graphics: Graphics;
  #pictures: Pictures | undefined;
  #cache: RowCache;
  #drawn = '';

  constructor(options: PainterOptions) {
    this.#options = options;
    this.#graphics = options.graphics();
    this.#uploads = createUploadQueue((bytes) => options.screen.writeOutside(bytes, 'before-frame'));
    this.#pictures = this.#newPictures();
    this.#cache = this.#newCache(themeFor(undefined, options.depth));
    options.beforeLeave(() => this.#pictures?.cleanUp() ?? '');
    // `debug` hands over whole frames; the screen finds out what changed in them.
    this.#ink = render(null, {
      stdout: frameStream(options.screen),
      debug: true,
      exitOnCtrlC: false,
      patchConsole: false,
    });
  }

  /** The message list as it is laid out in `state`. */
  view(state: AppState): ListView {
    const { screen } = this.#options;
    const { layout } = layoutComposer(state.composer, screen);
    return { source: this.#list(state), height: layout.body.height, width: screen.columns };
  }

  /** Draws `state`. */
  draw(state: AppState): void {
    const { screen, clock } = this.#options;
    const list = this.#list(state);
    const view = frameView(
      state,
      { columns: screen.columns, rows: screen.rows },
      { now: clock.monotonicMs(), below: below(state, list), depth: this.#options.depth },
    );
    const description = JSON.stringify(view);
    if (description !== this.#drawn) {
      this.#drawn = description;
      this.#ink.rerender(createElement(App, { view }));
    }
    if (state.login || state.overlay) {
      screen.setBody([], 0);
      this.#pictures?.show([], 0);
    } else {
      const { body } = view.layout;
      const shown = visibleRows(list, state.viewport, body.height, {
        selected: state.selected,
        stateOf: (picture) => this.#pictures?.state(picture),
      });
      screen.setBody(shown.rows, body.top);
      this.#pictures?.show(shown.pictures, body.top);
    }
    screen.setCursor(view.cursor);
  }

  /** Ends Ink; the screen keeps its last frame. */
  close(): void {
    this.#ink.unmount();
  }

  #list(state: AppState): MessageList {
    this.#followGraphics();
    const { width, pictureBox, mentions, theme } = this.#cache.look;
    const box = this.#pictureBox();
    const sought = mentionsOf(state);
    const wanted = themeFor(backgroundOf(state), this.#options.depth);
    if (
      width !== this.#options.screen.columns ||
      pictureBox?.rows !== box?.rows ||
      mentions?.source !== sought?.source ||
      theme !== wanted
    ) {
      this.#cache = this.#newCache(wanted, sought);
    }
    return new MessageList(state.session ?? initialState(''), this.#cache, state);
  }

  /** Another way of showing pictures makes everything about pictures anew. */
  #followGraphics(): void {
    const graphics = this.#options.graphics();
    if (graphics === this.#graphics) return;
    this.#graphics = graphics;
    this.#pictures?.close();
    this.#pictures = this.#newPictures();
    this.#cache = this.#newCache(this.#cache.look.theme);
  }

  #newPictures(): Pictures | undefined {
    const { screen, onChange } = this.#options;
    const { renderer } = this.#graphics;
    return renderer && createPictures(renderer, screen, this.#uploads, onChange);
  }

  #newCache(theme: Theme, mentions?: RegExp): RowCache {
    const { screen, depth } = this.#options;
    const look = { width: screen.columns, depth, theme, pictureBox: this.#pictureBox(), mentions };
    return new RowCache(look, (item) => this.#pictures?.failure(item.key));
  }

  /** A picture takes at most half of the screen, so that the talk around it stays in view. */
  #pictureBox(): PictureBox | undefined {
    if (!this.#pictures) return undefined;
    const rows = Math.min(maxPicture.rows, Math.floor(this.#options.screen.rows / 2));
    return rows < 2 ? undefined : { columns: maxPicture.columns, rows, scale: this.#graphics.scale };
  }
}

function below({ seenKey }: AppState, list: MessageList): number {
  return seenKey === undefined ? 0 : Math.max(0, list.count - 1 - list.indexOf(seenKey));
}

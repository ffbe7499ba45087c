import { createElement } from 'react';
import { type Instance, render } from 'ink';
import type { Clock } from '../../shared/clock.js';
import type { ImageRenderer } from '../images/image-renderer.js';
import { initialState } from '../session/state.js';
import type { ColourDepth } from '../terminal/colour-depth.js';
import { frameStream } from '../terminal/frame-stream.js';
import type { Screen } from '../terminal/screen.js';
import { App } from './app.js';
import type { AppState } from './app-state.js';
import { MessageList, RowCache } from './conversation/message-list.js';
import type { ListView } from './conversation/update-conversation.js';
import { visibleRows } from './conversation/visible-rows.js';
import { frameView, layoutComposer } from './frame-view.js';
import { createPictures, type Pictures } from './pictures.js';

/** What the painter draws with. `renderer` is undefined where pictures are shown as captions only. */
export type PainterOptions = {
  readonly screen: Screen;
  readonly clock: Clock;
  readonly depth: ColourDepth;
  readonly renderer: ImageRenderer | undefined;
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
  readonly #pictures: Pictures | undefined;
  readonly #ink: Instance;
  #cache: RowCache;
  #drawn = '';

  constructor(options: PainterOptions) {
    this.#options = options;
    this.#pictures = options.renderer && createPictures(options.renderer, options.onChange);
    this.#cache = this.#newCache();
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
    return { source: this.#list(state), height: layout.body.height };
  }

  /** Draws `state`. */
  draw(state: AppState): void {
    const { screen, clock } = this.#options;
    const list = this.#list(state);
    const view = frameView(
      state,
      { columns: screen.columns, rows: screen.rows },
      clock.now(),
      below(state, list),
    );
    const description = JSON.stringify(view);
    if (description !== this.#drawn) {
      this.#drawn = description;
      this.#ink.rerender(createElement(App, { view }));
    }
    if (state.login || state.help) {
      screen.setBody([], 0);
      this.#pictures?.show([]);
    } else {
      const { body } = view.layout;
      const shown = visibleRows(list, state.viewport, body.height, (picture) =>
        this.#pictures?.state(picture),
      );
      screen.setBody(shown.rows, body.top);
      this.#pictures?.show(shown.pictures);
    }
    screen.setCursor(view.cursor);
  }

  /** Ends Ink; the screen keeps its last frame. */
  close(): void {
    this.#ink.unmount();
  }

  #list(state: AppState): MessageList {
    const { width, pictureBox } = this.#cache.look;
    const box = this.#pictureBox();
    if (width !== this.#options.screen.columns || pictureBox?.rows !== box?.rows)
      this.#cache = this.#newCache();
    return new MessageList(state.session ?? initialState(''), this.#cache, state.unreadKey);
  }

  #newCache(): RowCache {
    const { screen, depth } = this.#options;
    const look = { width: screen.columns, depth, pictureBox: this.#pictureBox() };
    return new RowCache(look, (item) => this.#pictures?.failure(item.key));
  }

  /** A picture takes at most half of the screen, so that the talk around it stays in view. */
  #pictureBox() {
    if (!this.#pictures) return undefined;
    const rows = Math.min(maxPicture.rows, Math.floor(this.#options.screen.rows / 2));
    return rows < 2 ? undefined : { columns: maxPicture.columns, rows };
  }
}

function below({ seenKey }: AppState, list: MessageList): number {
  return seenKey === undefined ? 0 : Math.max(0, list.count - 1 - list.indexOf(seenKey));
}

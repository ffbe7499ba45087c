import { createDraftLayout } from './composer/composer-layout.js';
import { dialogOf } from './state/mode.js';
import { createElement } from 'react';
import { type Instance, render } from 'ink';
import type { Clock } from '../../shared/clock.js';
import type { Graphics } from '../images/graphics/graphics.js';
import { createUploadQueue, type UploadQueue } from '../images/upload-queue.js';
import { lobby } from '../../shared/message.js';
import { initialState, seenFrom, type Conversation } from '../session/state.js';
import type { ColourDepth } from '../terminal/colour/colour-depth.js';
import { frameStream } from '../terminal/screen/frame-stream.js';
import { canWriteLinks } from '../terminal/text/hyperlinks.js';
import type { Screen } from '../terminal/screen/screen.js';
import { App } from './frame/app.js';
import { mentionsOf } from './attention/attention.js';
import type { BlockStyle, ImageBox } from './conversation/message-block.js';
import { type ListView, MessageList, RowCache } from './conversation/message-list.js';
import { type AppState, coloursOf } from './state/app-state.js';
import { topOf } from './conversation/viewport.js';
import { visibleRows } from './conversation/visible-rows.js';
import { widestName } from './conversation/user-names.js';
import { frameView, layoutComposer } from './frame/frame-view.js';
import type { MessagesBelow } from './frame/hint.js';
import type { ScreenLayout } from './frame/screen-layout.js';
import { createRoomPanel, type RoomPanel } from './rooms/room-panel.js';
import { type Theme, themeFor } from './theme/theme.js';
import { unknownColours } from '../terminal/colour/terminal-colours.js';
import { createMatchMarker, type MatchMarker } from './search/search.js';
import { createMessageImages, type MessageImages } from './message-images.js';

/** The painter's ports. */
export type PainterOptions = {
  readonly screen: Screen;
  readonly clock: Clock;
  readonly depth: ColourDepth;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The current way to show images. */
  readonly graphics: () => Graphics;
  /** Registers bytes to write before the terminal is closed. */
  readonly beforeLeave: (bytes: () => string) => void;
  /** Called when something outside the state changes, such as an image that is ready. */
  readonly onChange: () => void;
};

const noConversation = seenFrom(initialState(''), lobby);

const maxImage = { columns: 60, rows: 16 };

/**
 * Draws a state. Ink draws the frame, and only when it changes; messages are finished rows that go to the screen
 * directly, so that a key press does not lay out the list.
 */
export class Painter {
  readonly #options: PainterOptions;
  readonly #ink: Instance;
  /** One queue for all protocols: a partly sent image is completed before another protocol starts. */
  readonly #uploads: UploadQueue;
  #graphics: Graphics;
  #images: MessageImages | undefined;
  #cache: RowCache;
  /** What the theme of the cache was computed from. */
  #themeOf: Pick<AppState, 'colours' | 'preferences'> | undefined;
  #marked: { readonly query: string; readonly mark: MatchMarker } | undefined;
  readonly #layoutDraft = createDraftLayout();
  #drawn = '';
  #names: NameColumn | undefined;
  readonly #layoutPanel = createRoomPanel();
  readonly #countBelow = createCountBelow();

  constructor(options: PainterOptions) {
    this.#options = options;
    this.#graphics = options.graphics();
    this.#uploads = createUploadQueue((bytes) => options.screen.writeOutside(bytes, 'before-frame'));
    this.#images = this.#newMessageImages();
    this.#cache = this.#newCache({});
    options.beforeLeave(() => this.#images?.cleanUp() ?? '');
    // With `debug` Ink writes whole frames; the screen writes only the differences.
    this.#ink = render(null, {
      stdout: frameStream(options.screen),
      debug: true,
      exitOnCtrlC: false,
      patchConsole: false,
    });
  }

  view(state: AppState): ListView {
    const { screen } = this.#options;
    const { layout, draft } = layoutComposer(state, screen, this.#layoutDraft);
    const { body, columns, panelColumns } = layout;
    return {
      source: this.#list(state, columns),
      height: body.height,
      width: columns,
      columns: screen.columns,
      scrolledRoomList: (x, y, rows) =>
        x < panelColumns && y >= body.top ? this.#panel(state, layout).scrolled(rows) : undefined,
      roomAt: (x, y) => (x < panelColumns ? this.#panel(state, layout).roomAt(y - body.top) : undefined),
      draft,
    };
  }

  draw(state: AppState): void {
    const { screen, clock } = this.#options;
    const { layout } = layoutComposer(state, screen, this.#layoutDraft);
    const list = this.#list(state, layout.columns);
    const view = frameView(
      state,
      { columns: screen.columns, rows: screen.rows },
      {
        topTimestamp: this.#topTimestamp(state, list, layout.body.height),
        now: clock.monotonicMs(),
        below: this.#countBelow(state, list, this.#cache),
        depth: this.#options.depth,
        theme: this.#cache.look.theme,
        layoutDraft: this.#layoutDraft,
      },
    );
    const description = JSON.stringify(view);
    if (description !== this.#drawn) {
      this.#drawn = description;
      this.#ink.rerender(createElement(App, { view }));
    }
    if (state.mode.type === 'login' || dialogOf(state.mode)) {
      screen.setBody([], 0);
      this.#images?.show([], { x: 0, y: 0 });
    } else {
      const { body } = view.layout;
      const mark = this.#marker(state);
      const layOut = () =>
        visibleRows(list, state.reading.viewport, body.height, {
          mark,
          selected: state.mode.type === 'selection' ? state.mode.key : undefined,
          stateOf: (image) => this.#images?.state(image),
        });
      const shown = layOut();
      const mayStart = shown.images.some(({ image }) => this.#images?.state(image).status === 'queued');
      this.#images?.show(shown.images, { x: layout.panelColumns, y: body.top });
      screen.setBody(mayStart ? layOut().rows : shown.rows, body.top);
    }
    screen.setPanel(this.#panel(state, layout).rows, layout.body.top, layout.panelColumns);
    screen.setCursor(view.caret);
  }

  close(): void {
    this.#ink.unmount();
  }

  #panel(state: AppState, { panelColumns, body, hasHints }: ScreenLayout): RoomPanel {
    const rows = this.#options.screen.rows - body.top - (hasHints ? 1 : 0);
    const { theme, depth } = this.#cache.look;
    return this.#layoutPanel(state, { columns: panelColumns, rows }, { theme, depth });
  }

  #list(state: AppState, width: number): MessageList {
    this.#followGraphics();
    const { look } = this.#cache;
    const box = this.#imageBox();
    const mentions = mentionsOf(state);
    const theme = this.#theme(state);
    const nameCells = this.#nameCells(state.session);
    const markdown = state.preferences.markdown === 'on';
    const user = state.session?.user ?? '';
    if (
      look.width !== width ||
      look.imageBox?.rows !== box?.rows ||
      look.mentions?.source !== mentions?.source ||
      look.theme !== theme ||
      look.nameCells !== nameCells ||
      look.markdown !== markdown ||
      look.user !== user
    ) {
      this.#cache = this.#newCache({ width, theme, mentions, nameCells, markdown, user });
    }
    return new MessageList(state.session ?? noConversation, this.#cache, state);
  }

  /** While scrolled up: when the topmost message in view was written. */
  #topTimestamp(state: AppState, list: MessageList, height: number): number | undefined {
    const { viewport } = state.reading;
    if (viewport.type === 'newest' || list.count === 0) return undefined;
    return list.itemAt(topOf(viewport, list, height).index)?.message.timestamp;
  }

  #marker({ lastSearch }: AppState): MatchMarker | undefined {
    const query = lastSearch?.isActive ? lastSearch.search.asked : undefined;
    if (query !== this.#marked?.query)
      this.#marked = query === undefined ? undefined : { query, mark: createMatchMarker(query) };
    return this.#marked?.mark;
  }

  #theme({ colours, preferences }: AppState): Theme {
    const of = this.#themeOf;
    if (of?.colours === colours && of.preferences.theme === preferences.theme) return this.#cache.look.theme;
    this.#themeOf = { colours, preferences };
    return themeFor(coloursOf({ colours, preferences }), this.#options.depth);
  }

  #followGraphics(): void {
    const graphics = this.#options.graphics();
    if (graphics === this.#graphics) return;
    this.#graphics = graphics;
    this.#images?.close();
    this.#images = this.#newMessageImages();
    this.#cache = this.#newCache(this.#cache.look);
  }

  #newMessageImages(): MessageImages | undefined {
    const { screen, onChange } = this.#options;
    const { renderer } = this.#graphics;
    return renderer && createMessageImages(renderer, screen, this.#uploads, onChange);
  }

  #newCache(look: Partial<BlockStyle>): RowCache {
    const { screen, depth, env } = this.#options;
    const plain = {
      width: screen.columns,
      theme: themeFor(unknownColours, depth),
      nameCells: 0,
      markdown: true,
    };
    const fixed = { depth, imageBox: this.#imageBox(), links: canWriteLinks(env) };
    return new RowCache({ ...plain, ...look, ...fixed }, (item) => this.#images?.failure(item.key));
  }

  /** Only grows, so that texts seldom move. */
  #nameCells(session: Conversation | undefined): number {
    if (!session) return 0;
    const { user } = session;
    const { items } = session.excerpt ?? session.timeline;
    const known = this.#names;
    if (known?.user === user && known.items === items) return known.cells;
    const cells = Math.max(known?.user === user ? known.cells : 0, widestName(session));
    this.#names = { user, items, cells };
    return cells;
  }

  /** At most half of the screen, so that messages around an image stay in view. */
  #imageBox(): ImageBox | undefined {
    if (!this.#images) return undefined;
    const rows = Math.min(maxImage.rows, Math.floor(this.#options.screen.rows / 2));
    return rows < 2 ? undefined : { columns: maxImage.columns, rows, scale: this.#graphics.scale };
  }
}

/** The width of the names, and what it was made of. */
type NameColumn = {
  readonly user: string;
  readonly items: Conversation['timeline']['items'];
  readonly cells: number;
};

/** Counts the new messages below the view; again only if there are others. */
function createCountBelow(): (state: AppState, list: MessageList, cache: RowCache) => MessagesBelow {
  let known: { readonly causes: readonly unknown[]; readonly below: MessagesBelow } | undefined;
  return (state, list, cache) => {
    const { session, preferences, reading } = state;
    const { lastSeenKey } = reading;
    if (lastSeenKey === undefined) return { messages: 0, mentions: 0 };
    const causes = [session, preferences, lastSeenKey, cache];
    if (!known || causes.some((cause, index) => cause !== known?.causes[index])) {
      // None of them is in an excerpt.
      const all = session?.excerpt ? new MessageList({ ...session, excerpt: undefined }, cache, state) : list;
      known = { causes, below: countBelow(all, lastSeenKey) };
    }
    return known.below;
  };
}

function countBelow(list: MessageList, lastSeenKey: string): MessagesBelow {
  const first = list.indexOf(lastSeenKey) + 1;
  let mentions = 0;
  for (let index = first; index < list.count; index++) if (list.isMention(index)) mentions++;
  return { messages: list.count - first, mentions };
}

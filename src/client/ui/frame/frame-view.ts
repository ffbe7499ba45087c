import { formatByteSize } from '../../../shared/byte-size.js';
import type { ColourDepth } from '../../terminal/colour/colour-depth.js';
import { sanitiseLine } from '../../terminal/text/sanitise.js';
import { shownText } from '../../terminal/text/shown-text.js';
import type { Colour } from '../../terminal/colour/style.js';
import type { Composer } from '../composer/composer.js';
import type { HistorySearch } from '../composer/history-search.js';
import { type AppState, backgroundOf } from '../state/app-state.js';
import { inkColour, type Theme, themeFor } from '../theme/theme.js';
import { layoutDraft, scrollToCursor } from '../composer/composer-layout.js';
import { loginView, type LoginView } from '../login/login-view.js';
import { type OverlayRow, overlayView } from '../dialogs/dialog-view.js';
import type { Caret, ScreenSize } from '../state/screen.js';
import { composerWidth, layoutScreen, type ScreenLayout } from './screen-layout.js';
import { fitStatus, statusText, type StatusText } from './status-text.js';

/** Everything that Ink draws, as plain values: equal values need no new drawing. */
export type FrameView = ScreenSize & {
  readonly status: StatusText;
  readonly tone: 'good' | 'waiting' | 'bad';
  readonly colours: FrameColours;
  readonly layout: ScreenLayout;
  readonly composer: ComposerView;
  readonly hint: { readonly text: string; readonly important: boolean };
  /** The rows of what lies over the messages. */
  readonly overlay: readonly OverlayRow[] | undefined;
  readonly login: LoginView | undefined;
  readonly cursor: Caret | undefined;
};

/** The theme's colours as Ink takes them. */
export type FrameColours = Readonly<Record<'good' | 'waiting' | 'bad' | 'note', string>>;

/** The composer's rows: attachments, then text. */
export type ComposerView = {
  readonly attachments: readonly string[];
  readonly rows: readonly string[];
  readonly placeholder: boolean;
};

const keyHints = 'Enter send · Alt+Enter new line · Ctrl+V paste image · PgUp scroll';
const overlayHints = 'Up, Down, PgUp, PgDn scroll · Esc closes';
const searchHints = 'Enter searches, then goes there · Up, Down choose · Esc closes';
const loginHints = 'Enter log in · Tab next field · Ctrl+C twice quits';
const questionHints = 'y trust it · n do not · Ctrl+C twice quits';

const selectionHint = 'Up, Down select · o open · s save · r send again · Esc back';

/** What a frame shows besides the state. `below`: how many messages came below a view that is scrolled up. */
export type FrameMoment = { readonly now: number; readonly below: number; readonly depth: ColourDepth };

/** The whole frame but the messages. */
export function frameView(state: AppState, size: ScreenSize, { now, below, depth }: FrameMoment): FrameView {
  const composed = layoutComposer(state.composer, size);
  const { layout } = composed;
  const login = state.login && loginView(state.login, size, size.rows - (layout.hasHints ? 1 : 0));
  const overlay = state.overlay && overlayView(state.overlay, state, size.columns, layout.body);
  const phase = state.session?.phase.type;
  return {
    ...size,
    status: fitStatus(statusText(state, now), size.columns),
    tone: phase === 'live' ? 'good' : phase === 'refused' || phase === 'closed' ? 'bad' : 'waiting',
    colours: frameColours(themeFor(backgroundOf(state), depth), depth),
    layout,
    composer: composed.view,
    hint: hintOf(state, below),
    overlay: overlay?.rows,
    login: login?.view,
    cursor: login ? login.cursor : overlay ? overlay.cursor : composed.cursor,
  };
}

/** The layout of the screen, which depends on how many rows the draft takes. */
export function layoutComposer(
  { editor, attachments, preparing }: Composer,
  size: ScreenSize,
): { layout: ScreenLayout; view: ComposerView; cursor: Caret } {
  const draft = layoutDraft(editor.text, editor.cursor, composerWidth(size));
  const attached = attachments.map(
    ({ width, height, png, scaled }) =>
      `${width}×${height} · ${formatByteSize(png.length)}${scaled ? ' · scaled' : ''}`,
  );
  if (preparing > 0) attached.push(preparing === 1 ? 'preparing image…' : `preparing ${preparing} images…`);
  const layout = layoutScreen(size, attached.length + draft.rows.length);
  const listed = attached.slice(0, layout.composerRows - 1);
  const shown = scrollToCursor(draft, layout.composerRows - listed.length);
  const border = layout.boxed ? 1 : 0;
  return {
    layout,
    view: { attachments: listed, rows: shown.rows, placeholder: editor.text === '' },
    cursor: {
      x: 2 + shown.cursorColumn,
      y: layout.body.top + layout.body.height + border + listed.length + shown.cursorRow,
    },
  };
}

function frameColours({ good, waiting, bad, note }: Theme, depth: ColourDepth): FrameColours {
  const ink = (colour: Colour) => inkColour(colour, depth);
  return { good: ink(good), waiting: ink(waiting), bad: ink(bad), note: ink(note) };
}

function hintOf(state: AppState, below: number): FrameView['hint'] {
  const { notice, viewport, login, composer, selected, overlay, session } = state;
  if (notice !== undefined) return { text: sanitiseLine(notice), important: true };
  if (login) return { text: login.question ? questionHints : loginHints, important: false };
  if (overlay?.type === 'search') return { text: searchHints, important: false };
  if (overlay?.type === 'help' || overlay?.type === 'users') return { text: overlayHints, important: false };
  if (composer.historySearch) return { text: historySearchText(composer.historySearch), important: true };
  if (selected !== undefined) return { text: selectionHint, important: true };
  if (viewport.mode === 'anchored') {
    return below > 0
      ? { text: `↓ ${below} new · Ctrl+End newest`, important: true }
      : { text: 'scrolled up · Ctrl+End newest', important: false };
  }
  const phase = session?.phase;
  if (phase?.type === 'reconnecting') {
    const reason = sanitiseLine(phase.reason.message);
    return { text: `${reason} · /reconnect tries now`, important: true };
  }
  return { text: keyHints, important: false };
}

function historySearchText({ query, found }: HistorySearch): string {
  const state = found ? 'Ctrl+R goes further back · Enter takes it · Esc' : 'nothing found · Esc';
  return `search what you sent: ${shownText(query)} · ${state}`;
}

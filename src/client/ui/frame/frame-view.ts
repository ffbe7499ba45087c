import { formatByteSize } from '../../../shared/byte-size.js';
import type { ColourDepth } from '../../terminal/colour/colour-depth.js';
import { sanitiseLine } from '../../terminal/text/sanitise.js';
import { shownText } from '../../terminal/text/shown-text.js';
import { textWidth } from '../../terminal/text/text-width.js';
import { truncate } from '../../terminal/text/truncate.js';
import type { Colour } from '../../terminal/colour/style.js';
import { type Suggestion, suggestions } from '../commands/suggestions.js';
import { type AppState, backgroundOf } from '../state/app-state.js';
import { inkColour, type Theme, themeFor } from '../theme/theme.js';
import { type ComposerLayout, type LayoutDraft, scrollToCaret } from '../composer/composer-layout.js';
import { loginView, type LoginView } from '../login/login-view.js';
import { type DialogRow, dialogView } from '../dialogs/dialog-view.js';
import { hintsFor } from '../keymap/key-help.js';
import { dialogOf, loginFormOf } from '../state/mode.js';
import type { Caret, ScreenSize } from '../state/screen.js';
import { composerWidth, layoutScreen, type ScreenLayout, withSuggestions } from './screen-layout.js';
import { fitStatus, statusText, type StatusText } from './status-text.js';

/** Everything that Ink draws, as plain values that can be compared. */
export type FrameView = ScreenSize & {
  readonly status: StatusText;
  readonly tone: 'good' | 'waiting' | 'bad';
  readonly colours: FrameColours;
  readonly layout: ScreenLayout;
  readonly composer: ComposerView;
  readonly hint: { readonly text: string; readonly important: boolean };
  /** The rows of the dialog over the messages. */
  readonly dialog: readonly DialogRow[] | undefined;
  readonly login: LoginView | undefined;
  readonly caret: Caret | undefined;
};

/** The theme's colours in Ink's notation. */
export type FrameColours = Readonly<Record<'good' | 'waiting' | 'bad' | 'note', string>>;

/** The composer's rows: attachments, then text; and the rows above it. */
export type ComposerView = {
  readonly suggestions: readonly Suggestion[];
  readonly attachments: readonly string[];
  readonly rows: readonly string[];
  /** Shown instead of an empty draft. */
  readonly placeholder: string | undefined;
};

/** The input of a frame besides the state. `below`: the number of new messages below the view. */
export type FrameContext = {
  readonly now: number;
  readonly below: number;
  readonly depth: ColourDepth;
  readonly layoutDraft: LayoutDraft;
};

const minNameCells = 6;
const maxSuggestions = 6;

/** Everything on the screen except the messages. */
export function frameView(
  state: AppState,
  size: ScreenSize,
  { now, below, depth, layoutDraft }: FrameContext,
): FrameView {
  const composed = layoutComposer(state, size, layoutDraft);
  const { layout } = composed;
  const form = loginFormOf(state.mode);
  const login = form && loginView(form, size, size.rows - (layout.hasHints ? 1 : 0));
  const openDialog = dialogOf(state.mode);
  const dialog = openDialog && dialogView(openDialog, state, size.columns, layout.body);
  const phase = state.session?.phase.type;
  return {
    ...size,
    status: fitStatus(statusText(state, now), size.columns),
    tone: phase === 'live' ? 'good' : phase === 'refused' || phase === 'closed' ? 'bad' : 'waiting',
    colours: frameColours(themeFor(backgroundOf(state), depth), depth),
    layout,
    composer: composed.view,
    hint: hintOf(state, below),
    dialog: dialog?.rows,
    login: login?.view,
    caret: login ? login.caret : dialog ? dialog.caret : composed.caret,
  };
}

/** The layout of the screen depends on the rows of the draft. */
export function layoutComposer(
  state: AppState,
  screenSize: ScreenSize,
  layoutDraft: LayoutDraft,
): { layout: ScreenLayout; view: ComposerView; caret: Caret; draft: ComposerLayout } {
  const { editor, attachments, preparing } = state.composer;
  const draft = layoutDraft(editor.text, editor.cursor, composerWidth(screenSize));
  const attached = attachments.map(({ name, width, height, png, scaled }) => {
    const size = ` · ${width}×${height} · ${formatByteSize(png.length)}${scaled ? ' · scaled' : ''}`;
    const nameCells = Math.max(minNameCells, composerWidth(screenSize) - textWidth(size));
    return truncate(sanitiseLine(name), nameCells) + size;
  });
  if (preparing > 0) attached.push(preparing === 1 ? 'preparing image…' : `preparing ${preparing} images…`);
  const plain = layoutScreen(screenSize, attached.length + draft.rows.length);
  const suggested = suggestions(state, Math.min(maxSuggestions, Math.floor(plain.body.height / 2)));
  const layout = withSuggestions(plain, suggested.length);
  const listed = attached.slice(0, layout.composerRows - 1);
  const shown = scrollToCaret(draft, layout.composerRows - listed.length);
  const border = layout.boxed ? 1 : 0;
  return {
    layout,
    draft,
    view: {
      suggestions: suggested,
      attachments: listed,
      rows: shown.rows,
      placeholder: editor.text === '' ? placeholderOf(attached.length) : undefined,
    },
    caret: {
      x: 2 + shown.caretColumn,
      y: layout.body.top + layout.body.height + suggested.length + border + listed.length + shown.caretRow,
    },
  };
}

function placeholderOf(images: number): string {
  if (images === 0) return 'type a message';
  return images === 1
    ? 'Enter sends the image · Esc removes it · or add a text'
    : 'Enter sends the images · Esc removes the last one · or add a text';
}

function frameColours({ good, waiting, bad, note }: Theme, depth: ColourDepth): FrameColours {
  const ink = (colour: Colour) => inkColour(colour, depth);
  return { good: ink(good), waiting: ink(waiting), bad: ink(bad), note: ink(note) };
}

function hintOf(state: AppState, below: number): FrameView['hint'] {
  const { notice, mode } = state;
  if (notice !== undefined) return { text: sanitiseLine(notice), important: true };
  switch (mode.type) {
    case 'login':
      return { text: hintsFor(mode.form.question ? 'trust-question' : 'login', 'always'), important: false };
    case 'search':
      return { text: hintsFor('search'), important: false };
    case 'help':
    case 'users':
      return { text: hintsFor('text-dialog'), important: false };
    case 'history-search': {
      const state = mode.found ? hintsFor('history-search') : 'nothing found · Esc cancel';
      return { text: `search what you sent: ${shownText(mode.query)} · ${state}`, important: true };
    }
    case 'selection':
      return { text: hintsFor('selection'), important: true };
    case 'conversation':
      return conversationHint(state, below);
  }
}

function conversationHint({ reading, session, composer }: AppState, below: number): FrameView['hint'] {
  if (reading.viewport.type === 'anchored') {
    return below > 0
      ? { text: `↓ ${below} new · Ctrl+End newest`, important: true }
      : { text: 'scrolled up · Ctrl+End newest', important: false };
  }
  const phase = session?.phase;
  if (phase?.type === 'reconnecting') {
    const reason = sanitiseLine(phase.reason.message);
    return { text: `${reason} · /reconnect tries now`, important: true };
  }
  if (composer.attachments.length > 0) {
    const which = composer.attachments.length === 1 ? 'the image' : 'the last image';
    return { text: `Enter send · Esc remove ${which}`, important: false };
  }
  return { text: hintsFor('conversation'), important: false };
}

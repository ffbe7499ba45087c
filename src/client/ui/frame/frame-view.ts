import { formatByteSize } from '../../../shared/byte-size.js';
import type { ColourDepth } from '../../terminal/colour/colour-depth.js';
import { sanitiseLine } from '../../terminal/text/sanitise.js';
import { shownText } from '../../terminal/text/shown-text.js';
import type { Colour } from '../../terminal/colour/style.js';
import type { Composer } from '../composer/composer.js';
import { type AppState, backgroundOf } from '../state/app-state.js';
import { inkColour, type Theme, themeFor } from '../theme/theme.js';
import { type LayoutDraft, scrollToCaret } from '../composer/composer-layout.js';
import { loginView, type LoginView } from '../login/login-view.js';
import { type DialogRow, dialogView } from '../dialogs/dialog-view.js';
import { hintsFor } from '../keymap/key-help.js';
import { dialogOf, loginFormOf } from '../state/mode.js';
import type { Caret, ScreenSize } from '../state/screen.js';
import { composerWidth, layoutScreen, type ScreenLayout } from './screen-layout.js';
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

/** The composer's rows: attachments, then text. */
export type ComposerView = {
  readonly attachments: readonly string[];
  readonly rows: readonly string[];
  readonly placeholder: boolean;
};

/** How many new messages are below the view, and how many of them mention the user. */
export type MessagesBelow = { readonly messages: number; readonly mentions: number };

/** The input of a frame besides the state. */
export type FrameContext = {
  readonly now: number;
  readonly below: MessagesBelow;
  readonly depth: ColourDepth;
  readonly layoutDraft: LayoutDraft;
};

/** Everything on the screen except the messages. */
export function frameView(
  state: AppState,
  size: ScreenSize,
  { now, below, depth, layoutDraft }: FrameContext,
): FrameView {
  const composed = layoutComposer(state.composer, size, layoutDraft);
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
  { editor, attachments, preparing }: Composer,
  size: ScreenSize,
  layoutDraft: LayoutDraft,
): { layout: ScreenLayout; view: ComposerView; caret: Caret } {
  const draft = layoutDraft(editor.text, editor.cursor, composerWidth(size));
  const attached = attachments.map(
    ({ width, height, png, scaled }) =>
      `${width}×${height} · ${formatByteSize(png.length)}${scaled ? ' · scaled' : ''}`,
  );
  if (preparing > 0) attached.push(preparing === 1 ? 'preparing image…' : `preparing ${preparing} images…`);
  const layout = layoutScreen(size, attached.length + draft.rows.length);
  const listed = attached.slice(0, layout.composerRows - 1);
  const shown = scrollToCaret(draft, layout.composerRows - listed.length);
  const border = layout.boxed ? 1 : 0;
  return {
    layout,
    view: { attachments: listed, rows: shown.rows, placeholder: editor.text === '' },
    caret: {
      x: 2 + shown.caretColumn,
      y: layout.body.top + layout.body.height + border + listed.length + shown.caretRow,
    },
  };
}

function frameColours({ good, waiting, bad, note }: Theme, depth: ColourDepth): FrameColours {
  const ink = (colour: Colour) => inkColour(colour, depth);
  return { good: ink(good), waiting: ink(waiting), bad: ink(bad), note: ink(note) };
}

function hintOf(state: AppState, below: MessagesBelow): FrameView['hint'] {
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

function conversationHint({ reading, session }: AppState, below: MessagesBelow): FrameView['hint'] {
  if (reading.viewport.type === 'anchored') {
    return below.messages > 0
      ? { text: `↓ ${newsText(below)} · Ctrl+End newest`, important: true }
      : { text: 'scrolled up · Ctrl+End newest', important: false };
  }
  const phase = session?.phase;
  if (phase?.type === 'reconnecting') {
    const reason = sanitiseLine(phase.reason.message);
    return { text: `${reason} · /reconnect tries now`, important: true };
  }
  return { text: hintsFor('conversation'), important: false };
}

function newsText({ messages, mentions }: MessagesBelow): string {
  if (mentions === 0) return `${messages} new`;
  return `${messages} new, ${mentions === 1 ? '1 mention' : `${mentions} mentions`}`;
}

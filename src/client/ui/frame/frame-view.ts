import { formatByteSize } from '../../../shared/byte-size.js';
import { contentType } from '../../../shared/message.js';
import type { Conversation } from '../../session/state.js';
import type { ColourDepth } from '../../terminal/colour/colour-depth.js';
import { sanitiseLine } from '../../terminal/text/sanitise.js';
import { shownText } from '../../terminal/text/shown-text.js';
import { textWidth, truncate } from '../../terminal/text/text-width.js';
import type { Colour } from '../../terminal/colour/style.js';
import { type Suggestion, suggestions } from '../commands/suggestions.js';
import type { AppState, Caret, ScreenSize } from '../state/app-state.js';
import { inkColour, type Theme } from '../theme/theme.js';
import { type ComposerLayout, type LayoutDraft, scrollToCaret } from '../composer/composer-layout.js';
import { loginView, type LoginView } from '../login/login-view.js';
import { type DialogRow, dialogView } from '../dialogs/text-dialog.js';
import { formatDay, formatShortDay } from '../conversation/local-time.js';
import { shownItems } from '../conversation/shown-items.js';
import { hitCount } from '../search/search.js';
import { hintsFor, selectionHints } from '../keymap/key-help.js';
import type { ActionIn } from '../keymap/keymap.js';
import { showsRoomList } from '../rooms/room-panel.js';
import { dialogOf, loginFormOf } from '../state/mode.js';
import {
  composerWidth,
  layoutScreen,
  panelColumns,
  type ScreenLayout,
  withSuggestions,
} from './screen-layout.js';
import {
  deliveryProblem,
  fitStatus,
  labelFor,
  roomHeader,
  type RoomText,
  statusText,
  type StatusText,
  typingText,
} from './status-text.js';

/** Everything that Ink draws, as plain values that can be compared. */
export type FrameView = ScreenSize & {
  readonly status: StatusText & { readonly room?: RoomText };
  /** At the right end of the status line: a key, or the day of the topmost message. */
  readonly label: string;
  readonly tone: 'good' | 'waiting' | 'bad';
  readonly colours: FrameColours;
  readonly layout: ScreenLayout;
  readonly composer: ComposerView;
  readonly hint: Hint;
  /** The rows of the dialog over the messages. */
  readonly dialog: readonly DialogRow[] | undefined;
  readonly login: LoginView | undefined;
  readonly caret: Caret | undefined;
};

type Tone = 'good' | 'waiting' | 'bad' | 'note' | 'faint' | 'line';

/** The theme's colours as attributes of Ink's elements; without one, the colour is the terminal's own. */
export type FrameColours = Readonly<Record<Tone, { readonly color?: string }>>;

/** The last row. Hints for keys are faint. */
type Hint = { readonly text: string; readonly tone: 'faint' | 'note' | 'waiting' | 'bad' };

/** The composer's rows: attachments, then text; and the rows above it. */
export type ComposerView = {
  readonly suggestions: readonly Suggestion[];
  /** In the border; empty for none. */
  readonly title: string;
  readonly attachments: readonly string[];
  readonly rows: readonly string[];
  /** Shown instead of an empty draft. */
  readonly placeholder: string | undefined;
};

/** How many new messages are below the view, and how many of them mention the user. */
export type MessagesBelow = { readonly messages: number; readonly mentions: number };

/** The input of a frame besides the state. `topTimestamp`: of the topmost message while scrolled up. */
export type FrameContext = {
  readonly now: number;
  readonly below: MessagesBelow;
  readonly topTimestamp?: number | undefined;
  readonly depth: ColourDepth;
  readonly theme: Theme;
  readonly layoutDraft: LayoutDraft;
};

const minNameCells = 6;
const maxSuggestions = 6;
/** A corner, a blank, a blank, at least one dash, a corner. */
export const titleMarginCells = 5;

/** Everything on the screen except the messages. */
export function frameView(
  state: AppState,
  size: ScreenSize,
  { now, below, topTimestamp, depth, theme, layoutDraft }: FrameContext,
): FrameView {
  const composed = layoutComposer(state, size, layoutDraft);
  const { layout } = composed;
  const form = loginFormOf(state.mode);
  const login = form && loginView(form, size, size.rows - (layout.hasHints ? 1 : 0));
  const openDialog = dialogOf(state.mode);
  const dialog = openDialog && dialogView(openDialog, state, layout.columns, layout.body);
  const day = topTimestamp === undefined ? undefined : formatDay(topTimestamp);
  const label = labelFor(size.columns, openDialog ? 'Esc close' : (day ?? 'F1 help'));
  return {
    ...size,
    label,
    status: fitStatus(statusText(state, now), size.columns, label, roomHeader(state)),
    tone: statusTone(state.session),
    colours: frameColours(theme, depth),
    layout,
    composer: composed.view,
    hint: hintOf(state, below, label === '' ? topTimestamp : undefined),
    dialog: dialog?.rows,
    login: login?.view,
    caret: login ? login.caret : besidePanel(dialog ? dialog.caret : composed.caret, layout),
  };
}

function besidePanel(caret: Caret | undefined, { panelColumns }: ScreenLayout): Caret | undefined {
  return caret && { ...caret, x: caret.x + panelColumns };
}

function statusTone(session: Conversation | undefined): FrameView['tone'] {
  switch (session?.phase.type) {
    case 'live':
      return deliveryProblem(session) === undefined ? 'good' : 'waiting';
    case 'refused':
    case 'closed':
      return 'bad';
    default:
      return 'waiting';
  }
}

/** The layout of the screen depends on the rows of the draft. */
export function layoutComposer(
  state: AppState,
  screenSize: ScreenSize,
  layoutDraft: LayoutDraft,
): { layout: ScreenLayout; view: ComposerView; caret: Caret; draft: ComposerLayout } {
  const { editor, attachments, preparing } = state.composer;
  const panel = panelColumns(screenSize, showsRoomList(state));
  const size = { columns: screenSize.columns - panel, rows: screenSize.rows };
  const draft = layoutDraft(editor.text, editor.cursor, composerWidth(size));
  const attached = attachments.map(({ name, width, height, png, scaled }) => {
    const details = ` · ${width}×${height} · ${formatByteSize(png.length)}${scaled ? ' · scaled' : ''}`;
    const nameCells = Math.max(minNameCells, composerWidth(size) - textWidth(details));
    return truncate(sanitiseLine(name), nameCells) + details;
  });
  if (preparing > 0) attached.push(preparing === 1 ? 'preparing image…' : `preparing ${preparing} images…`);
  const plain = layoutScreen(size, attached.length + draft.rows.length, panel);
  const suggested = suggestions(state, Math.min(maxSuggestions, Math.floor(plain.body.height / 2)));
  const layout = withSuggestions(plain, suggested.length);
  const listed = attached.slice(0, layout.composerRows - 1);
  const shown = scrollToCaret(draft, layout.composerRows - listed.length);
  const border = layout.boxed ? 1 : 0;
  const name = roomHeader(state)?.name;
  return {
    layout,
    draft,
    view: {
      suggestions: suggested,
      title: name === undefined || !layout.boxed ? '' : truncate(name, layout.columns - titleMarginCells),
      attachments: listed,
      rows: shown.rows,
      placeholder:
        editor.text === '' ? placeholderOf(attached.length, layout.boxed ? undefined : name) : undefined,
    },
    caret: {
      x: 2 + shown.caretColumn,
      y: layout.body.top + layout.body.height + suggested.length + border + listed.length + shown.caretRow,
    },
  };
}

/** `room`: if no border names it. */
function placeholderOf(images: number, room: string | undefined): string {
  if (images === 0) return room === undefined ? 'type a message' : `message ${room}`;
  return images === 1
    ? 'Enter sends the image · Esc removes it · or add a text'
    : 'Enter sends the images · Esc removes the last one · or add a text';
}

function frameColours({ good, waiting, bad, note, faint, line }: Theme, depth: ColourDepth): FrameColours {
  const ink = (colour: Colour | undefined) =>
    colour === undefined || depth === 'none' ? {} : { color: inkColour(colour, depth) };
  return {
    good: ink(good),
    waiting: ink(waiting),
    bad: ink(bad),
    note: ink(note),
    faint: ink(faint),
    line: ink(line),
  };
}

/** `topTimestamp`: of the topmost message, if the status line has no space for its day. */
function hintOf(state: AppState, below: MessagesBelow, topTimestamp: number | undefined): Hint {
  const { notice, mode } = state;
  if (typeof notice === 'string') return { text: sanitiseLine(notice), tone: 'note' };
  if (notice) return { text: sanitiseLine(notice.text), tone: notice.tone === 'error' ? 'bad' : 'waiting' };
  switch (mode.type) {
    case 'login': {
      const { ignoresTyping, question } = mode.form;
      const keys = ignoresTyping ? 'opened-login' : question ? 'trust-question' : 'login';
      return { text: hintsFor(keys, 'always'), tone: 'faint' };
    }
    case 'search':
      return { text: hintsFor(mode.what === 'mentions' ? 'rooms' : 'search'), tone: 'faint' };
    case 'room-browser':
    case 'rooms':
      return { text: hintsFor('rooms'), tone: 'faint' };
    case 'help':
    case 'users':
    case 'members':
      return { text: hintsFor('text-dialog'), tone: 'faint' };
    case 'history-search': {
      const state = mode.found ? hintsFor('history-search') : 'nothing found · Esc cancel';
      return { text: `search what you sent: ${shownText(mode.query)} · ${state}`, tone: 'note' };
    }
    case 'selection':
      return { text: selectionHints(missingActions(state, mode.key)), tone: 'note' };
    case 'conversation':
      return conversationHint(state, below, topTimestamp);
  }
}

/** Opening and saving are for images, copying for texts, sending again for failed messages. */
function missingActions({ session, preferences }: AppState, key: string): ReadonlySet<ActionIn<'selection'>> {
  const items = session && shownItems(session, preferences);
  for (let index = items ? items.length - 1 : -1; items && index >= 0; index--) {
    const item = items.at(index);
    if (item?.key !== key) continue;
    const missing = new Set<ActionIn<'selection'>>();
    if (item.imageNumber === undefined) missing.add('open-image').add('save-image');
    if (item.message.type !== contentType.text) missing.add('copy');
    if (item.delivery.type !== 'failed') missing.add('resend');
    return missing;
  }
  return new Set();
}

function conversationHint(state: AppState, below: MessagesBelow, topTimestamp: number | undefined): Hint {
  const { reading, session, composer, lastSearch } = state;
  if (lastSearch?.isActive) {
    const { search } = lastSearch;
    const place = `${search.chosen + 1} of ${hitCount(search)}`;
    const what = search.what === 'mentions' ? 'mention' : `“${shownText(search.asked ?? '')}”`;
    return {
      text: `${what} ${place} · F3 older · F4 newer · Esc end`,
      tone: 'note',
    };
  }
  if (reading.viewport.type === 'anchored') {
    const nextPage = session?.excerpt?.nextPage;
    const day = topTimestamp === undefined ? '' : ` · ${formatShortDay(topTimestamp)}`;
    if (nextPage?.type === 'failed') {
      const reason = sanitiseLine(nextPage.reason.message);
      return { text: `could not load newer messages: ${reason} · PgDn retries`, tone: 'bad' };
    }
    if (nextPage?.type === 'loading') return { text: 'loading newer messages…', tone: 'faint' };
    return below.messages > 0
      ? { text: `↓ ${newsText(below)}${day} · Ctrl+End newest`, tone: 'note' }
      : { text: `scrolled up${day} · Ctrl+End newest`, tone: 'faint' };
  }
  const phase = session?.phase;
  if (phase?.type === 'reconnecting') {
    const reason = sanitiseLine(phase.reason.message);
    return { text: `${reason} · /reconnect tries now`, tone: 'waiting' };
  }
  const typing = typingText(state);
  if (composer.attachments.length > 0) {
    const which = composer.attachments.length === 1 ? 'the image' : 'the last image';
    const keys = `Enter send · Esc remove ${which}`;
    return { text: typing === undefined ? keys : `${typing} · ${keys}`, tone: 'faint' };
  }
  if (typing !== undefined) return { text: typing, tone: 'note' };
  return { text: hintsFor('conversation'), tone: 'faint' };
}

function newsText({ messages, mentions }: MessagesBelow): string {
  if (mentions === 0) return `${messages} new`;
  return `${messages} new, ${mentions === 1 ? '1 mention' : `${mentions} mentions`}`;
}

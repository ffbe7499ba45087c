import { formatByteSize } from '../../../shared/byte-size.js';
import type { Conversation } from '../../session/state.js';
import type { ColourDepth } from '../../terminal/colour/colour-depth.js';
import { sanitiseLine } from '../../terminal/text/sanitise.js';
import { textWidth, truncate } from '../../terminal/text/text-width.js';
import type { Colour } from '../../terminal/colour/style.js';
import { draftPurpose } from '../commands/message-commands.js';
import { type Suggestion, suggestions } from '../commands/suggestions.js';
import type { AppState, Caret, ScreenSize } from '../state/app-state.js';
import { inkColour, type Theme } from '../theme/theme.js';
import { type ComposerLayout, type LayoutDraft, scrollToCaret } from '../composer/composer-layout.js';
import { loginView, type LoginView } from '../login/login-view.js';
import { type DialogRow, dialogView } from '../dialogs/text-dialog.js';
import { formatDay } from '../conversation/local-time.js';
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
} from './status-text.js';
import { hintOf, type Hint, type MessagesBelow } from './hint.js';

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
    hint: hintOf(state, below, label === '' ? topTimestamp : undefined, layout),
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
  const name = draftPurpose(state) ?? roomHeader(state)?.name;
  return {
    layout,
    draft,
    view: {
      suggestions: suggested,
      title: name === undefined || !layout.boxed ? '' : truncate(name, layout.columns - titleMarginCells),
      attachments: listed,
      rows: shown.rows,
      placeholder:
        editor.text === ''
          ? placeholderOf(attached.length, layout.boxed ? undefined : roomHeader(state)?.name)
          : undefined,
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

import { lobby } from '../../../shared/message.js';
import type { Conversation, News } from '../../session/state.js';
import {
  brightnessOf,
  type TerminalColours,
  unknownColours,
} from '../../terminal/colour/terminal-colours.js';
import { type Composer, emptyComposer } from '../composer/composer.js';
import {
  conversation,
  type LoginForm,
  type Mode,
  type NamedEmoji,
  type PendingKey,
  type Search,
  type SearchHit,
} from './mode.js';
import { initialPreferences, type Preferences } from './preferences.js';
import type { ChatId, Remembered } from './remembered.js';

/** Everything on the screen. Changed only by `updateApp`. */
export type AppState = {
  readonly address: string;
  readonly user: string;
  /** As seen from the current room. */
  readonly session: Conversation | undefined;
  /** The number of the current room. */
  readonly room: number;
  /** The room before it, for going back. */
  readonly previousRoom: number;
  /** How the user left the other rooms. */
  readonly views: ReadonlyMap<number, View>;
  readonly tour: Tour | undefined;
  /** The first row of the room list in view, if the user scrolled it since the room was opened. */
  readonly roomListTop: number | undefined;
  readonly composer: Composer;
  readonly reading: Reading;
  readonly mode: Mode;
  readonly lastSearch: LastSearch | undefined;
  readonly members: KnownMembers | undefined;
  /** All emoji, once the user has needed one. */
  readonly emoji: readonly NamedEmoji[] | undefined;
  readonly pendingKey: PendingKey | undefined;
  readonly attention: Attention;
  readonly preferences: Preferences;
  readonly colours: TerminalColours;
  /** The cell where the main button was pressed. */
  readonly mousePress: { readonly x: number; readonly y: number } | undefined;
  /** Own messages that were just delivered, by key: until when, in monotonic time, they are marked. */
  readonly deliveredUntilMs: ReadonlyMap<string, number>;
  readonly notice: Notice | undefined;
  readonly clipboardPending: boolean;
  /** The last notice that the user types, in monotonic time. `isShown`: the others may still see it. */
  readonly typing: { readonly room: number; readonly atMs: number; readonly isShown: boolean } | undefined;
  /** Whose history, ignored users and read position these are. */
  readonly chat: { readonly id: ChatId; readonly isLoaded: boolean } | undefined;
  /** The key of the newest pending message when the user was last asked about quitting. */
  readonly quitAskedFor: string | undefined;
};

/** The members of a room, for completion. `count`: how many it had when they were requested. */
type KnownMembers = { readonly room: number; readonly count: number; readonly names: readonly string[] };

/** How the user left a room: what is typed, and what is in view. */
export type View = {
  readonly composer: Composer;
  readonly reading: Reading;
  readonly clearedKey?: string | undefined;
};

/** A walk through the rooms with news, which ends where it started. `visited`: with the news that was there. */
type Tour = { readonly start: number; readonly visited: ReadonlyMap<number, News> };

/** Kept after its dialog is closed. While it is active, its matches are marked and keys go from hit to hit. */
export type LastSearch = { readonly search: Search; readonly isActive: boolean };

/** A line for the user until the next key. A plain string is information. Not sanitised. */
export type Notice = string | { readonly tone: 'warning' | 'error'; readonly text: string };

/** Whether the user is at this terminal. Times are monotonic; -Infinity means never. */
type Attention = {
  /** False while another window has the keyboard; true if the terminal does not report that. */
  readonly focused: boolean;
  readonly supportsFocusEvents: boolean;
  readonly lastInputAtMs: number;
  readonly notifiedAtMs: number;
};

const initialAttention: Attention = {
  focused: true,
  supportsFocusEvents: false,
  lastInputAtMs: 0,
  notifiedAtMs: -Infinity,
};

/** Shows the login screen if there is a form. */
export function initialAppState(
  address: string,
  login: LoginForm | undefined,
  user = '',
  preferences = initialPreferences,
): AppState {
  return {
    address,
    user,
    session: undefined,
    room: lobby,
    previousRoom: lobby,
    views: new Map(),
    tour: undefined,
    roomListTop: undefined,
    composer: emptyComposer,
    reading: initialReading,
    mode: login ? { type: 'login', form: login } : conversation,
    lastSearch: undefined,
    members: undefined,
    emoji: undefined,
    pendingKey: undefined,
    attention: initialAttention,
    preferences,
    colours: unknownColours,
    mousePress: undefined,
    deliveredUntilMs: new Map(),
    notice: undefined,
    clipboardPending: false,
    typing: undefined,
    chat: undefined,
    quitAskedFor: undefined,
  };
}

/** The colours that the theme has to suit. A chosen theme overrides a different background. */
export function coloursOf({
  preferences,
  colours,
}: Pick<AppState, 'preferences' | 'colours'>): TerminalColours {
  const { theme } = preferences;
  if (theme === 'auto' || theme === brightnessOf(colours)) return colours;
  return { ...unknownColours, palette: colours.palette, brightness: theme };
}

/** What outlives the client. Cheap: called after each event. */
export function rememberedOf(state: AppState): Remembered {
  const { chat, preferences, composer, session, room, views } = state;
  const newest = session?.position.readUpTo;
  const read = readInLobby(state, newest);
  const isKnown = chat?.isLoaded === true && chat.id.logId === session?.logId;
  const isRead = isKnown && read !== undefined && read >= 0;
  return {
    preferences,
    chat: isKnown ? chat.id : undefined,
    sent: composer.history.sent,
    read: isRead ? read : undefined,
    newest,
    drafts: { room, composer, others: views },
  };
}

/** The newest sequence of which everything in the lobby was read; undefined while that is not known. */
function readInLobby(state: AppState, newestSequence: number | undefined): number | undefined {
  const isThere = state.room === lobby;
  const { resumeAfter, unreadKey, unreadSequence } =
    (isThere ? state.reading : state.views.get(lobby)?.reading) ?? initialReading;
  const { news, newsAfter } = state.session?.rooms.get(lobby) ?? {};
  if (resumeAfter !== undefined) return undefined;
  if (unreadKey !== undefined) return unreadSequence - 1;
  return !isThere && news && news.messages > 0 ? newsAfter : newestSequence;
}

/** The visible rows. Anchored to a message, so that new messages and resizing do not move the text. */
export type Viewport =
  { readonly type: 'newest' } | { readonly type: 'anchored'; readonly key: string; readonly row: number };

/** What the user sees of the list, and has seen. Messages are named by their keys. */
export type Reading = {
  readonly viewport: Viewport;
  /** The newest message when the view was scrolled up. */
  readonly lastSeenKey: string | undefined;
  readonly unreadKey: string | undefined;
  /** Of the message at `unreadKey`; 0 if it has none. */
  readonly unreadSequence: number;
  readonly unreadCount: number;
  /** Marked as unread by the user, who is still in the room. */
  readonly keepsUnread: boolean;
  readonly readAtMs: number | undefined;
  readonly highlightedKey: string | undefined;
  /** A message to scroll to once it is loaded. */
  readonly pendingJump: PendingJump | undefined;
  /** Where the last run stopped reading, until the unread messages after it are found. */
  readonly resumeAfter: number | undefined;
};

/**
 * `requested`: the messages around it, or those directly before it, because the ones from further above did not reach it.
 * `nothing`: its room was just opened.
 */
export type PendingJump =
  'oldest' | (Pick<SearchHit, 'sequence' | 'key'> & { readonly requested: 'nothing' | 'around' | 'close' });

export const newest: Viewport = { type: 'newest' };

export const initialReading: Reading = {
  viewport: newest,
  lastSeenKey: undefined,
  unreadKey: undefined,
  unreadSequence: 0,
  unreadCount: 0,
  keepsUnread: false,
  readAtMs: undefined,
  highlightedKey: undefined,
  pendingJump: undefined,
  resumeAfter: undefined,
};

/** The size of the terminal in cells. */
export type ScreenSize = { readonly columns: number; readonly rows: number };

/** The caret's cell on the screen, from 0. */
export type Caret = { readonly x: number; readonly y: number };

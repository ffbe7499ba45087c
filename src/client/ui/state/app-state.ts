import type { SessionState } from '../../session/state.js';
import {
  brightnessOf,
  type TerminalColours,
  unknownColours,
} from '../../terminal/colour/terminal-colours.js';
import { type Composer, emptyComposer } from '../composer/composer.js';
import { conversation, type LoginForm, type Mode, type PendingKey, type Search } from './mode.js';
import { initialPreferences, type Preferences } from './preferences.js';
import { initialReading, type Reading } from './reading.js';
import type { ChatId, Remembered } from './remembered.js';

/** Everything on the screen. Changed only by `updateApp`. */
export type AppState = {
  readonly address: string;
  readonly user: string;
  readonly session: SessionState | undefined;
  readonly composer: Composer;
  readonly reading: Reading;
  readonly mode: Mode;
  readonly lastSearch: LastSearch | undefined;
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
  /** Whose history, ignored users and read position these are. */
  readonly chat: { readonly id: ChatId; readonly isLoaded: boolean } | undefined;
  /** The key of the newest pending message when the user was last asked about quitting. */
  readonly quitAskedFor: string | undefined;
};

/** Kept after its dialog is closed. While it is active, its matches are marked and keys go from hit to hit. */
export type LastSearch = { readonly search: Search; readonly isActive: boolean };

/** A line for the user until the next key. A plain string is information. Not sanitised. */
export type Notice = string | { readonly tone: 'warning' | 'error'; readonly text: string };

/** Whether the user is at this terminal. Times are monotonic; -Infinity means never. */
export type Attention = {
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
    composer: emptyComposer,
    reading: initialReading,
    mode: login ? { type: 'login', form: login } : conversation,
    lastSearch: undefined,
    pendingKey: undefined,
    attention: initialAttention,
    preferences,
    colours: unknownColours,
    mousePress: undefined,
    deliveredUntilMs: new Map(),
    notice: undefined,
    clipboardPending: false,
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
export function rememberedOf({ chat, preferences, composer, reading, session }: AppState): Remembered {
  const newest = session?.timeline.position.readUpTo;
  const read = reading.unreadKey === undefined ? newest : reading.unreadSequence - 1;
  const isKnown = chat?.isLoaded === true && chat.id.logId === session?.logId;
  const isRead = isKnown && reading.resumeAfter === undefined && read !== undefined && read >= 0;
  return {
    preferences,
    chat: isKnown ? chat.id : undefined,
    sent: composer.history.sent,
    read: isRead ? read : undefined,
    newest,
  };
}

import type { SessionState } from '../../session/state.js';
import type { Background } from '../../terminal/colour/background.js';
import { type Composer, emptyComposer } from '../composer/composer.js';
import { newest, type Viewport } from './reading.js';
import type { Dialog, LoginForm, SearchHit } from './mode.js';
import { initialPreferences, type Preferences } from './preferences.js';

/** Everything the screen shows. Changed only by `updateApp`. */
export type AppState = {
  /** The server as the user named it. */
  readonly address: string;
  /** Who was to be logged in from the start; empty where that is asked. */
  readonly user: string;
  /** The login screen while there is one; the conversation otherwise. */
  readonly login: LoginForm | undefined;
  readonly session: SessionState | undefined;
  readonly composer: Composer;
  readonly viewport: Viewport;
  /** The newest message when the view was scrolled up; what stands behind it came below. */
  readonly seenKey: string | undefined;
  /** The message that the unread line stands before. */
  readonly unreadKey: string | undefined;
  /** When the newest messages count as read and the unread line goes, in monotonic milliseconds. */
  readonly readAt: number | undefined;
  /** The message that was jumped to last. */
  readonly foundKey: string | undefined;
  /** The search hit that older pages are being loaded for. */
  readonly sought: SearchHit | undefined;
  /** How many messages of others came since the unread line. */
  readonly unread: number;
  /** What lies over the messages. */
  readonly overlay: Dialog | undefined;
  readonly preferences: Preferences;
  /** The terminal's background, as far as it is known. */
  readonly background: Background | undefined;
  /** The key of the message that is selected. */
  readonly selected: string | undefined;
  /** One line for the user, until the next key. */
  readonly notice: string | undefined;
  /** The clipboard was asked for and has not answered yet. */
  readonly readsClipboard: boolean;
  /** A first Ctrl+C asked whether to quit; until when a second one means it, in monotonic milliseconds. */
  readonly quitArmedUntil: number | undefined;
  /** The newest of the unsent messages that the user was asked about when leaving. */
  readonly quitAskedFor: string | undefined;
  /** False while another window has the keyboard. Terminals that do not tell are taken to have it. */
  readonly focused: boolean;
  /** Whether the terminal has ever told who has the keyboard. */
  readonly tellsFocus: boolean;
  /** When something was last typed here, and when the user was last called, in monotonic milliseconds; -Infinity: never. */
  readonly inputAt: number;
  readonly notifiedAt: number;
  /** Ctrl+X was pressed: the next key belongs to it. */
  readonly chord: boolean;
};

/** The state at the start. */
export function initialAppState(address: string, login: LoginForm | undefined, user = ''): AppState {
  return {
    address,
    user,
    login,
    session: undefined,
    composer: emptyComposer,
    viewport: newest,
    seenKey: undefined,
    unreadKey: undefined,
    readAt: undefined,
    foundKey: undefined,
    sought: undefined,
    unread: 0,
    overlay: undefined,
    preferences: initialPreferences,
    background: undefined,
    selected: undefined,
    notice: undefined,
    readsClipboard: false,
    quitArmedUntil: undefined,
    quitAskedFor: undefined,
    focused: true,
    tellsFocus: false,
    inputAt: -Infinity,
    notifiedAt: -Infinity,
    chord: false,
  };
}

/** The background that the colours are for: the one the user names, else the terminal's; undefined while unknown. */
export function backgroundOf({
  preferences,
  background,
}: Pick<AppState, 'preferences' | 'background'>): Background | undefined {
  return preferences.theme === 'auto' ? background : preferences.theme;
}

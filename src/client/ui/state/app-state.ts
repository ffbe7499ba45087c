import type { SessionState } from '../../session/state.js';
import type { Background } from '../../terminal/colour/background.js';
import { type Composer, emptyComposer } from '../composer/composer.js';
import { conversation, type LoginForm, type Mode, type PendingKey } from './mode.js';
import { initialPreferences, type Preferences } from './preferences.js';
import { initialReading, type Reading } from './reading.js';

/** Everything the screen shows. Changed only by `updateApp`. */
export type AppState = {
  /** The server as the user named it. */
  readonly address: string;
  /** The user name given at the start; may be empty. */
  readonly user: string;
  readonly session: SessionState | undefined;
  readonly composer: Composer;
  readonly reading: Reading;
  readonly mode: Mode;
  readonly pendingKey: PendingKey | undefined;
  readonly attention: Attention;
  readonly preferences: Preferences;
  /** The terminal's background, if it is known. */
  readonly background: Background | undefined;
  /** One line for the user, until the next key. */
  readonly notice: string | undefined;
  /** Whether the clipboard is being read. */
  readonly clipboardPending: boolean;
  /** The key of the newest pending message when the user was last asked whether to quit without sending. */
  readonly quitAskedFor: string | undefined;
};

/** Whether the user is at this terminal. Times are monotonic; -Infinity: never. */
export type Attention = {
  /** False while another window has the keyboard; true where the terminal does not report it. */
  readonly focused: boolean;
  readonly supportsFocusEvents: boolean;
  readonly lastInputAtMs: number;
  readonly notifiedAtMs: number;
};

const initialAttention: Attention = {
  focused: true,
  supportsFocusEvents: false,
  // The start of the process: who has just started the program is there.
  lastInputAtMs: 0,
  notifiedAtMs: -Infinity,
};

/** With a form, the login screen is shown. */
export function initialAppState(address: string, login: LoginForm | undefined, user = ''): AppState {
  return {
    address,
    user,
    session: undefined,
    composer: emptyComposer,
    reading: initialReading,
    mode: login ? { type: 'login', form: login } : conversation,
    pendingKey: undefined,
    attention: initialAttention,
    preferences: initialPreferences,
    background: undefined,
    notice: undefined,
    clipboardPending: false,
    quitAskedFor: undefined,
  };
}

/** The background to choose colours for: the user's choice, else the terminal's; undefined if unknown. */
export function backgroundOf({
  preferences,
  background,
}: Pick<AppState, 'preferences' | 'background'>): Background | undefined {
  return preferences.theme === 'auto' ? background : preferences.theme;
}

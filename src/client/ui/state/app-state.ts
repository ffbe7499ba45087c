import type { SessionState } from '../../session/state.js';
import type { Background } from '../../terminal/colour/background.js';
import { type Composer, emptyComposer } from '../composer/composer.js';
import { conversation, type LoginForm, type Mode, type PendingKey } from './mode.js';
import { initialPreferences, type Preferences } from './preferences.js';
import { initialReading, type Reading } from './reading.js';

/** Everything on the screen. Changed only by `updateApp`. */
export type AppState = {
  readonly address: string;
  readonly user: string;
  readonly session: SessionState | undefined;
  readonly composer: Composer;
  readonly reading: Reading;
  readonly mode: Mode;
  readonly pendingKey: PendingKey | undefined;
  readonly attention: Attention;
  readonly preferences: Preferences;
  readonly background: Background | undefined;
  /** Own messages that were delivered a moment ago, by key: until when, in monotonic time, they say so. */
  readonly deliveredUntilMs: ReadonlyMap<string, number>;
  readonly notice: string | undefined;
  readonly clipboardPending: boolean;
  /** The key of the newest pending message when the user was last asked about quitting. */
  readonly quitAskedFor: string | undefined;
};

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
    deliveredUntilMs: new Map(),
    notice: undefined,
    clipboardPending: false,
    quitAskedFor: undefined,
  };
}

export function backgroundOf({
  preferences,
  background,
}: Pick<AppState, 'preferences' | 'background'>): Background | undefined {
  return preferences.theme === 'auto' ? background : preferences.theme;
}

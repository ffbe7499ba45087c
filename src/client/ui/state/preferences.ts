/** Whom the terminal calls for: nobody, those who name the user, everybody. */
export const bellModes = ['off', 'mentions', 'all'] as const;

/** One of `bellModes`. */
type BellMode = (typeof bellModes)[number];

/** What the colours are made for: the background that the terminal tells, or one that the user names. */
export const themeModes = ['auto', 'light', 'dark'] as const;

/** One of `themeModes`. */
type ThemeMode = (typeof themeModes)[number];

/** What the user has settled for this sitting. */
export type Preferences = {
  /** Words that count as a mention, beside the user's own name. */
  readonly highlights: readonly string[];
  /** Names whose messages are not shown, in lower case. */
  readonly ignored: readonly string[];
  readonly bell: BellMode;
  readonly theme: ThemeMode;
  /** `/clear` hides this message and everything above it. */
  readonly clearedKey: string | undefined;
};

/** The preferences at the start. */
export const initialPreferences: Preferences = {
  highlights: [],
  ignored: [],
  bell: 'mentions',
  theme: 'auto',
  clearedKey: undefined,
};

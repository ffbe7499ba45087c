/** Whom the terminal calls for: nobody, those who name the user, everybody. */
export const bellModes = ['off', 'mentions', 'all'] as const;

/** One of `bellModes`. */
export type BellMode = (typeof bellModes)[number];

/** What the user has settled for this sitting. */
export type Preferences = {
  /** Words that count as a mention, beside the user's own name. */
  readonly highlights: readonly string[];
  /** Names whose messages are not shown, in lower case. */
  readonly ignored: readonly string[];
  readonly bell: BellMode;
  /** `/clear` hides this message and everything above it. */
  readonly clearedKey: string | undefined;
};

/** The preferences at the start. */
export const initialPreferences: Preferences = {
  highlights: [],
  ignored: [],
  bell: 'mentions',
  clearedKey: undefined,
};

export const bellModes = ['off', 'mentions', 'all'] as const;

type BellMode = (typeof bellModes)[number];

export const themeModes = ['auto', 'light', 'dark'] as const;

type ThemeMode = (typeof themeModes)[number];

export const mouseModes = ['on', 'off'] as const;

type MouseMode = (typeof mouseModes)[number];

/** The user's choices until the client ends. */
export type Preferences = {
  readonly highlights: readonly string[];
  /** Folded names, whose messages are not shown. */
  readonly ignored: readonly string[];
  readonly bell: BellMode;
  readonly theme: ThemeMode;
  /** `on`: the wheel scrolls, and the terminal selects text only with Shift. */
  readonly mouse: MouseMode;
  readonly clearedKey: string | undefined;
};

export const initialPreferences: Preferences = {
  highlights: [],
  ignored: [],
  bell: 'mentions',
  theme: 'auto',
  mouse: 'on',
  clearedKey: undefined,
};

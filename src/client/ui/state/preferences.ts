export const bellModes = ['off', 'mentions', 'all'] as const;

type BellMode = (typeof bellModes)[number];

export const themeModes = ['auto', 'light', 'dark'] as const;

type ThemeMode = (typeof themeModes)[number];

export const markdownModes = ['on', 'off'] as const;

type MarkdownMode = (typeof markdownModes)[number];

/** The user's choices until the client ends. */
export type Preferences = {
  readonly highlights: readonly string[];
  /** Folded names, whose messages are not shown. */
  readonly ignored: readonly string[];
  readonly bell: BellMode;
  readonly theme: ThemeMode;
  /** Whether Markdown is shown as formatting or as it was typed. */
  readonly markdown: MarkdownMode;
  readonly clearedKey: string | undefined;
};

export const initialPreferences: Preferences = {
  highlights: [],
  ignored: [],
  bell: 'mentions',
  theme: 'auto',
  markdown: 'on',
  clearedKey: undefined,
};

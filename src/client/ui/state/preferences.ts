export const bellModes = ['off', 'mentions', 'all'] as const;

export const themeModes = ['auto', 'light', 'dark'] as const;

export const mouseModes = ['on', 'off'] as const;

export const markdownModes = ['on', 'off'] as const;

/** The value of a setting. */
export type SettingValue = string | boolean;

/**
 * The settings: each is a key of config.toml with these values, and is saved when the user changes it. A new setting is
 * one line here.
 */
export const settings = {
  theme: { values: themeModes, initial: 'auto' },
  bell: { values: bellModes, initial: 'mentions' },
  /** `on`: the wheel scrolls, and the terminal selects text only with Shift. */
  mouse: { values: mouseModes, initial: 'on' },
  /** `on`: Markdown is shown as formatting; `off`: as it was typed. */
  markdown: { values: markdownModes, initial: 'on' },
} as const satisfies Readonly<
  Record<string, { readonly values: readonly SettingValue[]; readonly initial: SettingValue }>
>;

/** The name of a setting. */
export type SettingName = keyof typeof settings;

export const settingNames = Object.keys(settings) as readonly SettingName[];

/** A value for each setting. */
export type Settings = { readonly [Name in SettingName]: (typeof settings)[Name]['values'][number] };

/** The user's choices. */
export type Preferences = Settings & {
  readonly highlights: readonly string[];
  /** Folded names, whose messages are not shown. */
  readonly ignored: readonly string[];
  readonly clearedKey: string | undefined;
};

/** What config.toml says about the full-screen client. */
export type Configured = {
  readonly settings: Partial<Settings>;
  readonly highlights: readonly string[];
  /** Whether sent texts are saved. */
  readonly keepsHistory: boolean;
};

export const notConfigured: Configured = { settings: {}, highlights: [], keepsHistory: true };

export const initialPreferences: Preferences = {
  ...(Object.fromEntries(settingNames.map((name) => [name, settings[name].initial])) as Settings),
  highlights: [],
  ignored: [],
  clearedKey: undefined,
};

/** The value, if the setting has it. */
export function settingValue<Name extends SettingName>(
  name: Name,
  value: unknown,
): Settings[Name] | undefined {
  const known: readonly unknown[] = settings[name].values;
  return known.includes(value) ? (value as Settings[Name]) : undefined;
}

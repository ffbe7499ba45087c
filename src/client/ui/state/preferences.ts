export const bellModes = ['off', 'mentions', 'all'] as const;

export const themeModes = ['auto', 'light', 'dark'] as const;

export const mouseModes = ['on', 'off'] as const;

export const markdownModes = ['on', 'off'] as const;

const roomOrders = ['name', 'activity'] as const;
const roomListModes = ['on', 'off'] as const;

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
  /** `activity`: the room with the newest message first. */
  'room-order': { values: roomOrders, initial: 'name' },
  /** `on`: the room list is beside the messages, if the screen is wide enough. */
  'room-list': { values: roomListModes, initial: 'on' },
} as const satisfies Readonly<
  Record<string, { readonly values: readonly SettingValue[]; readonly initial: SettingValue }>
>;

/** The name of a setting. */
export type SettingName = keyof typeof settings;

export const settingNames = Object.keys(settings) as readonly SettingName[];

/** A value for each setting. */
export type Settings = { readonly [Name in SettingName]: (typeof settings)[Name]['values'][number] };

export const notifyLevels = ['default', 'all', 'mentions', 'off'] as const;

/** The user's choices for a room. */
export type RoomSettings = {
  /** Which messages ring and notify; `default`: as the setting `bell`. */
  readonly notify: (typeof notifyLevels)[number];
  /** In wall-clock time; 0: not muted. An event ends it, so that any other value means muted. */
  readonly mutedUntilMs: number;
  readonly pinned: boolean;
  /** Not listed, until the next message of someone else. */
  readonly hidden: boolean;
};

export const initialRoomSettings: RoomSettings = {
  notify: 'default',
  mutedUntilMs: 0,
  pinned: false,
  hidden: false,
};

/** For `mutedUntilMs`: until the user ends it. */
export const mutedForever = Number.MAX_SAFE_INTEGER;

/** The user's choices. */
export type Preferences = Settings & {
  readonly highlights: readonly string[];
  /** Folded names, whose messages are not shown. */
  readonly ignored: readonly string[];
  readonly clearedKey: string | undefined;
  /** By room number; without those that have the initial settings. */
  readonly rooms: ReadonlyMap<number, RoomSettings>;
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
  rooms: new Map(),
};

/** The choices for a room, or the initial ones. */
export function roomSettings({ rooms }: Pick<Preferences, 'rooms'>, number: number): RoomSettings {
  return rooms.get(number) ?? initialRoomSettings;
}

/** The preferences with other choices for a room. */
export function withRoomSettings(
  preferences: Preferences,
  number: number,
  changed: Partial<RoomSettings>,
): Preferences {
  const rooms = new Map(preferences.rooms);
  const settings = { ...roomSettings(preferences, number), ...changed };
  if (isInitial(settings)) rooms.delete(number);
  else rooms.set(number, settings);
  return { ...preferences, rooms };
}

/** Whether nothing was chosen for the room. */
/** Whether a room has no settings of its own. */
export function isInitial({ notify, mutedUntilMs, pinned, hidden }: RoomSettings): boolean {
  return notify === 'default' && mutedUntilMs === 0 && !pinned && !hidden;
}

/** The value, if the setting has it. */
export function settingValue<Name extends SettingName>(
  name: Name,
  value: unknown,
): Settings[Name] | undefined {
  const known: readonly unknown[] = settings[name].values;
  return known.includes(value) ? (value as Settings[Name]) : undefined;
}

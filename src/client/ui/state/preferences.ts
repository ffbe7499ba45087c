import { notify as notifyValues } from '../../../shared/message.js';
import { maxTimestampMs } from '../../../shared/read-messages.js';
import type { RoomSettings } from '../../../shared/room-answers.js';

export const bellModes = ['off', 'mentions', 'all'] as const;

export const themeModes = ['auto', 'light', 'dark'] as const;

export const mouseModes = ['on', 'off'] as const;

export const markdownModes = ['on', 'off'] as const;

export const typingModes = ['on', 'off'] as const;

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
  /** `off`: neither shows who types a message, nor tells others. */
  typing: { values: typingModes, initial: 'on' },
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

/** Which messages of a room ring and notify; `default`: as the setting `bell`. */
export type NotifyLevel = (typeof notifyLevels)[number];

export function notifyLevelOf(settings: Pick<RoomSettings, 'notify'>): NotifyLevel {
  return notifyLevels.find((level) => notifyValues[level] === settings.notify) ?? 'default';
}

/** `mutedUntil`: an event ends a mute, so that any other value than 0 means muted. */
export const initialRoomSettings: RoomSettings = {
  notify: notifyValues.default,
  mutedUntil: 0,
  pinned: false,
  hidden: false,
  markedUnread: false,
};

/** For `mutedUntil`: until the user ends it. */
export const mutedForever = maxTimestampMs;

/** The user's choices. */
export type Preferences = Settings & {
  readonly highlights: readonly string[];
  /** Folded names, whose messages are not shown. */
  readonly ignored: readonly string[];
  readonly clearedKey: string | undefined;
  /** By room number, if the server keeps none; without those that have the initial settings. */
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

/** The settings of a room that are stored here, or the initial ones. */
export function roomSettings({ rooms }: Pick<Preferences, 'rooms'>, number: number): RoomSettings {
  return rooms.get(number) ?? initialRoomSettings;
}

/** The preferences with other settings of a room. */
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
export function isInitial({ notify, mutedUntil, pinned, hidden }: RoomSettings): boolean {
  return notify === notifyValues.default && mutedUntil === 0 && !pinned && !hidden;
}

/** The value, if the setting has it. */
export function settingValue<Name extends SettingName>(
  name: Name,
  value: unknown,
): Settings[Name] | undefined {
  const known: readonly unknown[] = settings[name].values;
  return known.includes(value) ? (value as Settings[Name]) : undefined;
}

/** The settings of a room that the server does not keep, as the file of a chat has them. */
type SavedRoom = {
  readonly notify: NotifyLevel;
  readonly mutedUntilMs: number;
  readonly pinned: boolean;
  readonly hidden: boolean;
};

/** By room number. */
export type SavedRooms = Readonly<Record<string, SavedRoom>>;

const maxRooms = 1000;

/** Without what is not known or valid. */
export function parseRooms(rooms: unknown): SavedRooms {
  if (!isObject(rooms)) return {};
  const valid = Object.entries(rooms).flatMap(([number, chosen]): [string, SavedRoom][] => {
    if (!/^\d{1,15}$/.test(number) || !isObject(chosen)) return [];
    const { notify, mutedUntilMs, pinned, hidden } = chosen;
    const until = Number.isSafeInteger(mutedUntilMs) ? Number(mutedUntilMs) : 0;
    const settings: SavedRoom = {
      notify: notifyLevels.find((level) => level === notify) ?? 'default',
      mutedUntilMs: Math.max(0, Math.min(mutedForever, until)),
      pinned: pinned === true,
      hidden: hidden === true,
    };
    return isInitial(settingsOf(settings)) ? [] : [[number, settings]];
  });
  return Object.fromEntries(valid.slice(-maxRooms));
}

/** The stored settings by room number. */
export function roomsOf(rooms: SavedRooms): Preferences['rooms'] {
  return new Map(Object.entries(rooms).map(([number, saved]) => [Number(number), settingsOf(saved)]));
}

function settingsOf({ notify, mutedUntilMs, pinned, hidden }: SavedRoom): RoomSettings {
  const settings = { notify: notifyValues[notify], mutedUntil: mutedUntilMs, pinned, hidden };
  return { ...initialRoomSettings, ...settings };
}

/** As the file of a chat has them. */
export function savedRooms(rooms: Preferences['rooms']): SavedRooms {
  return Object.fromEntries(
    [...rooms]
      .filter(([, chosen]) => !isInitial(chosen))
      .slice(-maxRooms)
      .map(([number, chosen]) => [number, savedRoom(chosen)]),
  );
}

function savedRoom({ mutedUntil, pinned, hidden, ...settings }: RoomSettings): SavedRoom {
  return { notify: notifyLevelOf(settings), mutedUntilMs: mutedUntil, pinned, hidden };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

import { foldText } from '../../../shared/fold-text.js';
import type { RoomSettings } from '../../../shared/room-answers.js';
import { draftText } from '../composer/composer.js';
import {
  type Configured,
  initialPreferences,
  initialRoomSettings,
  parseRooms,
  type Preferences,
  roomsOf,
  savedRooms,
  type SavedRooms,
  settingNames,
  type Settings,
  type SettingValue,
  settingValue,
} from './preferences.js';
import type { SavedDrafts, ShownDrafts } from './saved-drafts.js';

type SavedSetting = { readonly value: SettingValue; readonly configured: SettingValue | null };

/** The choices of this user on all servers, as the state directory stores them. */
export type SavedSettings = {
  /** `configured`: the value of config.toml when it was chosen. Another one there is newer, and wins. */
  readonly settings: Readonly<Record<string, SavedSetting>>;
  /** False: a word of config.toml that is no longer highlighted. */
  readonly highlights: Readonly<Record<string, boolean>>;
};

/** What is stored for one user of one server. */
export type SavedChat = {
  readonly ignored: readonly string[];
  /** The sequence of the newest message that was read. */
  readonly read: number | undefined;
  readonly history: readonly string[];
  /** By room number. */
  readonly rooms: SavedRooms;
};

/** Everything that is stored for a chat. */
export type LoadedChat = Omit<SavedChat, 'rooms'> & SavedDrafts & Pick<Preferences, 'rooms'>;

/** A user of a server. The address is not enough: another server may be there next time. */
export type ChatId = {
  readonly address: string;
  readonly user: string;
  /** Undefined if the server has no log. */
  readonly logId: string | undefined;
};

/** The part of the screen's state that outlives the client. */
export type Remembered = {
  readonly preferences: Preferences;
  /** Undefined until what is stored for it was loaded. */
  readonly chat: ChatId | undefined;
  readonly sent: readonly string[];
  /** The newest sequence that was read, and that exists. */
  readonly read: number | undefined;
  readonly newest: number | undefined;
  /** Of the current room, and how the others were left. */
  readonly drafts: ShownDrafts;
};

/** What the user changed since the start. Applied to the file again with each write: another client may have replaced it. */
export type SettingChanges = {
  readonly settings: ReadonlyMap<string, SettingValue>;
  readonly highlights: ReadonlyMap<string, boolean>;
};

/** What changed in a chat since it was loaded. */
export type ChatChanges = {
  readonly ignored: ReadonlyMap<string, boolean>;
  readonly sent: readonly string[];
  readonly read: number | undefined;
  readonly newest: number | undefined;
  readonly rooms: ReadonlyMap<number, RoomSettings>;
};

export const noSavedSettings: SavedSettings = { settings: {}, highlights: {} };
export const noSavedChat: SavedChat = { ignored: [], read: undefined, history: [], rooms: {} };
export const noSettingChanges: SettingChanges = { settings: new Map(), highlights: new Map() };
export const noChatChanges: ChatChanges = {
  ignored: new Map(),
  sent: [],
  read: undefined,
  newest: undefined,
  rooms: new Map(),
};

const maxWords = 100;
const maxWordLength = 256;
const maxHistoryEntries = 500;
const maxHistoryLength = 256 * 1024;
/** A longer draft would push out all others. */
const maxEntryLength = 16 * 1024;

/** The preferences at the start. */
export function preferencesOf(saved: SavedSettings, configured: Configured): Preferences {
  const chosen = settingNames.map((name): [string, SettingValue] => {
    const known: Readonly<Record<string, SavedSetting | undefined>> = saved.settings;
    const stored = known[name];
    const isCurrent = stored?.configured === (configured.settings[name] ?? null);
    const value = isCurrent ? settingValue(name, stored.value) : undefined;
    return [name, value ?? configured.settings[name] ?? initialPreferences[name]];
  });
  const words = configured.highlights.map(foldText);
  return {
    ...initialPreferences,
    ...(Object.fromEntries(chosen) as Settings),
    highlights: switched(words, Object.entries(saved.highlights)),
  };
}

/** The changes, and those between two states. */
export function addSettingChanges(
  changes: SettingChanges,
  before: Preferences,
  after: Preferences,
): SettingChanges {
  const chosen = settingNames.filter((name) => before[name] !== after[name]);
  const words = switches(before.highlights, after.highlights);
  if (chosen.length === 0 && words.length === 0) return changes;
  return {
    settings: new Map([
      ...changes.settings,
      ...chosen.map((name): [string, SettingValue] => [name, after[name]]),
    ]),
    highlights: new Map([...changes.highlights, ...words]),
  };
}

/** The changes, and those between two states of a chat. */
export function addChatChanges(changes: ChatChanges, before: Remembered, after: Remembered): ChatChanges {
  return {
    ignored: new Map([
      ...changes.ignored,
      ...switches(before.preferences.ignored, after.preferences.ignored),
    ]),
    sent: after.sent,
    read: after.read ?? changes.read,
    newest: after.newest ?? changes.newest,
    rooms: new Map([...changes.rooms, ...changedRooms(before.preferences.rooms, after.preferences.rooms)]),
  };
}

function changedRooms(
  before: Preferences['rooms'],
  after: Preferences['rooms'],
): (readonly [number, RoomSettings])[] {
  if (before === after) return [];
  const numbers = new Set([...before.keys(), ...after.keys()]);
  return [...numbers]
    .filter((number) => before.get(number) !== after.get(number))
    .map((number) => [number, after.get(number) ?? initialRoomSettings]);
}

/** For each setting and word the last change wins, in whichever client. */
export function mergeSettings(
  saved: SavedSettings,
  changes: SettingChanges,
  configured: Configured,
): SavedSettings {
  const chosen = [...changes.settings].map(([name, value]): [string, SavedSetting] => {
    const known: Readonly<Record<string, SettingValue | undefined>> = configured.settings;
    return [name, { value, configured: known[name] ?? null }];
  });
  const words = new Map([...Object.entries(saved.highlights), ...changes.highlights]);
  return {
    settings: { ...saved.settings, ...Object.fromEntries(chosen) },
    highlights: Object.fromEntries([...words].slice(-maxWords)),
  };
}

/** The read position only grows, since another client may have read more; but not past the end of the log. */
export function mergeChat(saved: SavedChat, changes: ChatChanges, keepsHistory: boolean): SavedChat {
  const { read = 0, newest = 0 } = changes;
  const stored = saved.read === undefined || saved.read > newest ? 0 : saved.read;
  const again = new Set(changes.sent);
  return {
    ignored: switched(saved.ignored, changes.ignored),
    read: changes.read === undefined ? saved.read : Math.max(stored, read),
    history: keepsHistory
      ? bounded([...saved.history.filter((entry) => !again.has(entry)), ...changes.sent])
      : [],
    rooms: savedRooms(new Map([...roomsOf(saved.rooms), ...changes.rooms])),
  };
}

/** Undefined if the content of the file has another form. */
export function parseSettings(content: unknown): SavedSettings | undefined {
  const { settings = {}, highlights = {} } = content as Partial<Record<string, unknown>>;
  if (!isObject(settings) || !isObject(highlights)) return undefined;
  const valid = Object.entries(settings).flatMap(([name, entry]) => {
    if (!isObject(entry)) return [];
    const { value, configured = null } = entry;
    return isValue(value) && (configured === null || isValue(configured))
      ? [[name, { value, configured }] as const]
      : [];
  });
  const words = Object.entries(highlights).filter(
    (each): each is [string, boolean] => isWord(each[0]) && typeof each[1] === 'boolean',
  );
  return {
    settings: Object.fromEntries(valid.slice(0, maxWords)),
    highlights: Object.fromEntries(words.slice(-maxWords)),
  };
}

/** Undefined if the content of the file has another form. */
export function parseChat(content: unknown): SavedChat | undefined {
  const { ignored = [], read, history = [], rooms } = content as Partial<Record<string, unknown>>;
  if (!Array.isArray(ignored) || !Array.isArray(history)) return undefined;
  if (read !== undefined && !(Number.isSafeInteger(read) && Number(read) >= 0)) return undefined;
  return {
    ignored: ignored.filter(isWord).slice(-maxWords),
    read: read === undefined ? undefined : Number(read),
    history: bounded(history.filter((entry): entry is string => typeof entry === 'string').map(draftText)),
    rooms: parseRooms(rooms),
  };
}

/** The newest entries that fit. */
function bounded(entries: readonly string[]): readonly string[] {
  const kept: string[] = [];
  let length = 0;
  for (const entry of entries.toReversed()) {
    if (entry === '' || entry.length > maxEntryLength) continue;
    length += entry.length;
    if (kept.length === maxHistoryEntries || length > maxHistoryLength) break;
    kept.push(entry);
  }
  return kept.reverse();
}

function switches(before: readonly string[], after: readonly string[]): (readonly [string, boolean])[] {
  if (before === after) return [];
  return [
    ...before.filter((word) => !after.includes(word)).map((word) => [word, false] as const),
    ...after.filter((word) => !before.includes(word)).map((word) => [word, true] as const),
  ];
}

function switched(words: readonly string[], by: Iterable<readonly [string, boolean]>): readonly string[] {
  const isOn = new Map(words.map((word) => [word, true]));
  for (const [word, on] of by) {
    if (on) isOn.set(word, true);
    else isOn.delete(word);
  }
  return [...isOn.keys()].slice(-maxWords);
}

function isWord(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= maxWordLength;
}

function isValue(value: unknown): value is SettingValue {
  return typeof value === 'boolean' || isWord(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

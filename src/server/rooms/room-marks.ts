import type { RoomSettings } from '../../shared/room-answers.js';

/** What an account has read and set in one room. */
export type RoomMark = {
  /** A sequence. It only grows. */
  readonly readUpTo: number;
  readonly settings: StoredSettings;
};

/** `hiddenAt`: the newest message of the room when it was hidden. `changedAt`: in milliseconds since 1970. */
export type StoredSettings = Omit<RoomSettings, 'hidden'> & {
  readonly hiddenAt: number | undefined;
  readonly changedAt: number;
};

/** By the number of the room. */
export type RoomMarks = ReadonlyMap<number, RoomMark>;

const defaults: StoredSettings = {
  ...{ notify: 0, mutedUntil: 0, pinned: false, markedUnread: false },
  hiddenAt: undefined,
  changedAt: 0,
};

export const noMark: RoomMark = { readUpTo: 0, settings: defaults };

/** After everything up to `sequence` was read. Clears `markedUnread`. Returns the same mark if nothing changes. */
export function markedRead(mark: RoomMark, sequence: number, now: number): RoomMark {
  const { settings } = mark;
  const readUpTo = Math.max(mark.readUpTo, sequence);
  if (readUpTo === mark.readUpTo && !settings.markedUnread) return mark;
  return {
    readUpTo,
    settings: settings.markedUnread ? changed(settings, { markedUnread: false }, now) : settings,
  };
}

/** `newest`: the newest message of the room. */
export function configured(
  mark: RoomMark,
  { hidden, notify, mutedUntil, pinned, markedUnread }: RoomSettings,
  newest: number,
  now: number,
): RoomMark {
  const wasHidden = isHidden(mark.settings, newest);
  const hiddenAt = hidden ? (wasHidden ? mark.settings.hiddenAt : newest) : undefined;
  const settings = { notify, mutedUntil, pinned, markedUnread, hiddenAt };
  return { ...mark, settings: changed(mark.settings, settings, now) };
}

/** Later than the change before, even if the clock is not: a change that knows another one replaces it on every server. */
function changed(before: StoredSettings, changes: Partial<StoredSettings>, now: number): StoredSettings {
  return { ...before, ...changes, changedAt: Math.max(now, before.changedAt + 1) };
}

export function settingsOf(settings: StoredSettings, newest: number): RoomSettings {
  const { notify, mutedUntil, pinned, markedUnread } = settings;
  return { notify, mutedUntil, pinned, markedUnread, hidden: isHidden(settings, newest) };
}

function isHidden({ hiddenAt }: Pick<StoredSettings, 'hiddenAt'>, newest: number): boolean {
  return hiddenAt !== undefined && newest <= hiddenAt;
}

/** What two servers know of the same room, in any order and any number of times. `one` itself if `other` adds nothing. */
export function merged(one: RoomMark, other: RoomMark): RoomMark {
  const readUpTo = Math.max(one.readUpTo, other.readUpTo);
  const settings = isNewer(other.settings, one.settings) ? other.settings : one.settings;
  const isSame = readUpTo === one.readUpTo && settings === one.settings;
  return isSame ? one : { readUpTo, settings };
}

/** Of two changes in the same millisecond all servers choose the same one. */
function isNewer(one: StoredSettings, other: StoredSettings): boolean {
  if (one.changedAt !== other.changedAt) return one.changedAt > other.changedAt;
  return JSON.stringify(encodedSettings(one)) > JSON.stringify(encodedSettings(other));
}

const version = 1;

/** Newer versions must keep `version` in its place. */
export function formatMarks(marks: RoomMarks): string {
  return JSON.stringify({ version, rooms: [...marks].map(([room, mark]) => encodedMark(room, mark)) });
}

/** One room. Settings are left out while they are the default. */
export type EncodedMark = readonly [room: number, readUpTo: number, ...settings: (number | null)[]];

export function encodedMark(room: number, { readUpTo, settings }: RoomMark): EncodedMark {
  return settings.changedAt === 0 ? [room, readUpTo] : [room, readUpTo, ...encodedSettings(settings)];
}

function encodedSettings(settings: StoredSettings): (number | null)[] {
  const { notify, mutedUntil, hiddenAt, pinned, markedUnread, changedAt } = settings;
  return [changedAt, notify, mutedUntil, hiddenAt ?? null, Number(pinned), Number(markedUnread)];
}

/** Undefined if the text is damaged or of a newer version; a malformed room is left out. */
export function parseMarks(text: string): Map<number, RoomMark> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return undefined;
    const { version: written, rooms } = value as Partial<Record<'version' | 'rooms', unknown>>;
    if (written !== version || !Array.isArray(rooms)) return undefined;
    return new Map(rooms.flatMap((room) => decodedMark(room) ?? []).map((mark) => [mark.room, mark]));
  } catch {
    return undefined;
  }
}

/** Undefined if it is malformed: other programs may be able to write to NATS. */
export function decodedMark(value: unknown): (RoomMark & { readonly room: number }) | undefined {
  if (!Array.isArray(value) || !value.every(isCount)) return undefined;
  const [room, readUpTo, changedAt, notify = 0, mutedUntil = 0, hiddenAt, pinned, markedUnread] = value;
  if (typeof room !== 'number' || typeof readUpTo !== 'number') return undefined;
  if (typeof changedAt !== 'number') return { room, readUpTo, settings: defaults };
  const settings = {
    notify: notify ?? 0,
    mutedUntil: mutedUntil ?? 0,
    hiddenAt: hiddenAt ?? undefined,
    pinned: pinned === 1,
    markedUnread: markedUnread === 1,
    changedAt,
  };
  return { room, readUpTo, settings };
}

function isCount(value: unknown): value is number | null {
  return value === null || (Number.isSafeInteger(value) && Number(value) >= 0);
}

import { isInitial, mutedForever, roomSettings, withRoomSettings } from '../state/preferences.js';
import type { RoomSettings } from '../../../shared/room-answers.js';
import { serverSettings, type SessionState } from '../../session/state.js';
import type { AppEffect, AppUpdate } from '../state/app-event.js';
import type { AppState } from '../state/app-state.js';
import type { Preferences } from '../state/preferences.js';

type Rooms = Pick<SessionState, 'rooms'>;

/** The user's settings of a room: those on the server, which all sessions share; if it keeps none, those stored here. */
export function settingsOf(
  session: Rooms | undefined,
  preferences: Pick<Preferences, 'rooms'>,
  number: number,
): RoomSettings {
  const room = session?.rooms.get(number);
  return (room && serverSettings(room)) ?? roomSettings(preferences, number);
}

/** Changes the user's settings of a room, where they are kept. */
export function changeSettings(state: AppState, number: number, changed: Partial<RoomSettings>): AppUpdate {
  const { session, preferences } = state;
  const room = session?.rooms.get(number);
  const stored = room && serverSettings(room);
  if (!stored) return [{ ...state, preferences: withRoomSettings(preferences, number, changed) }, []];
  const effect = { type: 'configure', room: number, settings: { ...stored, ...changed } } as const;
  return [{ ...state, preferences: without(preferences, [number]) }, [effect]];
}

/** Sends what an earlier version stored here to a server that keeps settings, unless it has newer ones. */
export function carryOver({ session, preferences }: AppState): readonly AppEffect[] {
  return [...preferences.rooms].flatMap(([number, stored]): AppEffect[] => {
    const room = session?.rooms.get(number);
    const known = room && serverSettings(room);
    if (!known || !isInitial(known)) return [];
    return [{ type: 'configure', room: number, settings: { ...stored, markedUnread: known.markedUnread } }];
  });
}

/**
 * The settings stored here as a change of the session leaves them: without those that the server has by now, and a room with
 * news is no longer hidden.
 */
export function followRooms(preferences: Preferences, { rooms }: Rooms): Preferences {
  if (preferences.rooms.size === 0) return preferences;
  const numbers = [...preferences.rooms.keys()];
  const isStored = (number: number): boolean => {
    const room = rooms.get(number);
    return room?.room.own !== undefined && !room.chosen && !isInitial(room.room.own.settings);
  };
  const stored = numbers.filter(isStored);
  const left = stored.length === 0 ? preferences : without(preferences, stored);
  return numbers
    .filter((number) => left.rooms.get(number)?.hidden && (rooms.get(number)?.news.messages ?? 0) > 0)
    .reduce((changed, number) => withRoomSettings(changed, number, { hidden: false }), left);
}

function without(preferences: Preferences, numbers: readonly number[]): Preferences {
  if (!numbers.some((number) => preferences.rooms.has(number))) return preferences;
  const rooms = new Map(preferences.rooms);
  for (const number of numbers) rooms.delete(number);
  return { ...preferences, rooms };
}

/** Ends the mutes whose time is over. `nowMs`: wall-clock time. */
export function endMutes(state: AppState, nowMs: number): AppUpdate {
  const isOver = ({ mutedUntil }: RoomSettings): boolean => mutedUntil > 0 && mutedUntil <= nowMs;
  const preferences = [...state.preferences.rooms]
    .filter(([, settings]) => isOver(settings))
    .reduce((changed, [room]) => withRoomSettings(changed, room, { mutedUntil: 0 }), state.preferences);
  const isOverThere = [...(state.session?.rooms.values() ?? [])].some((room) => {
    const settings = serverSettings(room);
    return settings !== undefined && isOver(settings);
  });
  const ended = preferences === state.preferences ? state : { ...state, preferences };
  return [ended, isOverThere ? [{ type: 'end-mutes', nowMs }] : []];
}

/** When the next mute ends, in wall-clock time. */
export function nextMuteEnd({
  preferences,
  session,
}: Pick<AppState, 'preferences' | 'session'>): number | undefined {
  let next = Infinity;
  const take = ({ mutedUntil }: RoomSettings): void => {
    if (mutedUntil > 0 && mutedUntil < mutedForever) next = Math.min(next, mutedUntil);
  };
  for (const settings of preferences.rooms.values()) take(settings);
  for (const room of session?.rooms.values() ?? []) {
    const settings = serverSettings(room);
    if (settings) take(settings);
  }
  return next === Infinity ? undefined : next;
}

import type { AppEffect, AppUpdate } from '../state/app-event.js';
import type { AppState } from '../state/app-state.js';
import { mutedForever, type Preferences, roomSettings, withRoomSettings } from '../state/preferences.js';

/** Mutes a room until a time of the wall clock, or until the user ends that. */
export function muted(state: AppState, room: number, untilMs: number): AppUpdate {
  const preferences = withRoomSettings(state.preferences, room, { mutedUntilMs: untilMs });
  return [{ ...state, preferences }, awaitingUnmute(preferences, room)];
}

/** The time is over, unless the user has chosen another one since. */
export function unmuted(state: AppState, room: number, untilMs: number): AppState {
  const { preferences } = state;
  if (roomSettings(preferences, room).mutedUntilMs !== untilMs) return state;
  return { ...state, preferences: withRoomSettings(preferences, room, { mutedUntilMs: 0 }) };
}

/** What ends the mute of a room when its time is over. */
export function awaitingUnmute(preferences: Preferences, room: number): readonly AppEffect[] {
  const { mutedUntilMs: untilMs } = roomSettings(preferences, room);
  return untilMs === 0 || untilMs === mutedForever ? [] : [{ type: 'await-unmute', room, untilMs }];
}

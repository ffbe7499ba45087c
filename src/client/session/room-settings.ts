import type { RoomSettings } from '../../shared/room-answers.js';
import type { SettingsOfRoom } from '../../shared/room-requests.js';
import type { Update } from './effects.js';
import type { SessionEvent } from './events.js';
import { serverSettings, withRoom, type RoomState, type SessionState } from './state.js';

/** The user's settings of a room, on a server that keeps them. */
export function configure(state: SessionState, number: number, changed: Partial<RoomSettings>): Update {
  const room = state.rooms.get(number);
  const before = room && serverSettings(room);
  if (!before) return [state, []];
  const settings = { ...before, ...changed };
  return [withRoom(state, number, { chosen: settings }), [{ type: 'configure', room: number, settings }]];
}

/** The server has stored settings, or has rejected them. */
export function configured(
  state: SessionState,
  { room: number, settings, isRejected }: Extract<SessionEvent, { type: 'configured' }>,
): SessionState {
  const room = state.rooms.get(number);
  if (room?.chosen === undefined || !areSameSettings(room.chosen, settings)) return state;
  const stored = isRejected ? {} : withSettings({ ...room, chosen: undefined }, room.chosen);
  return withRoom(state, number, { ...stored, chosen: undefined });
}

/** Settings that another session of the user has changed. */
export function settingsArrived(
  state: SessionState,
  { room: number, ...settings }: SettingsOfRoom,
  wallMs: number,
): SessionState {
  const room = state.rooms.get(number);
  if (!room?.room.own) return state;
  const own = { ...room.room.own, settings: withoutEndedMute(settings, wallMs) };
  return withRoom(state, number, { room: { ...room.room, own } });
}

/** Mutes whose time is over. The server knows the time itself. */
export function mutesEnded(state: SessionState, nowMs: number): SessionState {
  return [...state.rooms].reduce((before, [number, room]) => {
    const settings = serverSettings(room);
    return settings === undefined || settings === withoutEndedMute(settings, nowMs)
      ? before
      : withRoom(before, number, withSettings(room, { mutedUntil: 0 }));
  }, state);
}

/** With a new message a hidden room is listed again. */
export function shownAgain(room: RoomState): Partial<RoomState> {
  return serverSettings(room)?.hidden ? withSettings(room, { hidden: false }) : {};
}

/** Changes settings in this session only. */
export function withSettings(
  { room, chosen }: RoomState,
  changed: Partial<RoomSettings>,
): Partial<RoomState> {
  if (chosen) return { chosen: { ...chosen, ...changed } };
  const { own } = room;
  return own ? { room: { ...room, own: { ...own, settings: { ...own.settings, ...changed } } } } : {};
}

export function withoutEndedMute(settings: RoomSettings, nowMs: number): RoomSettings {
  const { mutedUntil } = settings;
  return mutedUntil > 0 && mutedUntil <= nowMs ? { ...settings, mutedUntil: 0 } : settings;
}

/** `hidden` and the end of a mute may have been changed by time since. */
function areSameSettings(one: RoomSettings, other: RoomSettings): boolean {
  return (
    one.notify === other.notify &&
    one.pinned === other.pinned &&
    one.markedUnread === other.markedUnread &&
    (one.hidden === other.hidden || !one.hidden) &&
    (one.mutedUntil === other.mutedUntil || one.mutedUntil === 0)
  );
}

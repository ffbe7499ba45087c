import { notify } from '../../../shared/message.js';
import type { RoomSettings } from '../../../shared/room-answers.js';
import { markAllAsRead, markAsRead } from '../conversation/reading.js';
import { openRoom } from '../rooms/open-room.js';
import { roomLabel } from '../rooms/room-names.js';
import { changeSettings, settingsOf } from '../rooms/room-settings.js';
import type { AppUpdate } from '../state/app-event.js';
import type { AppState } from '../state/app-state.js';
import { mutedForever, notifyLevelOf, notifyLevels, type NotifyLevel } from '../state/preferences.js';
import { usageNotice } from './commands.js';

/** The commands about how the user sees the current room. */
export type RoomSetting = 'notify' | 'mute' | 'pin' | 'hide' | 'read';

/** `done` is the state with an empty draft; `state` keeps a command that has to be corrected. */
export function runRoomSetting(
  state: AppState,
  done: AppState,
  name: RoomSetting,
  argument: string,
): AppUpdate {
  const { session, preferences, room, previousRoom } = state;
  const reject = (text: string): AppUpdate => [{ ...state, notice: { tone: 'error', text } }, []];
  if (!session) return reject('Not connected: there is no room yet.');
  const label = roomLabel(session.room, session.user);
  const settings = settingsOf(session, preferences, room);
  const change = (changed: Partial<RoomSettings>, notice: string): AppUpdate =>
    changeSettings({ ...done, notice }, room, changed);
  if (argument !== '' && (name === 'pin' || name === 'hide')) return reject(usageNotice(name));
  switch (name) {
    case 'notify': {
      const level = notifyLevels.find((known) => known === argument.toLowerCase());
      if (level) return change({ notify: notify[level] }, notifyText(label, level));
      return argument === ''
        ? [{ ...done, notice: notifyText(label, notifyLevelOf(settings)) }, []]
        : reject(usageNotice('notify'));
    }
    case 'mute': {
      if (argument === 'off') return change({ mutedUntil: 0 }, `${label} is not muted.`);
      if (argument === '')
        return change({ mutedUntil: mutedForever }, `${label} is muted. To undo: /mute off`);
      const forMs = durationMs(argument);
      if (forMs === undefined) return reject('Usage: /mute, /mute 30m, /mute 2h, /mute 1d or /mute off');
      return [done, [{ type: 'mute-room', room, forMs }]];
    }
    case 'pin':
      return settings.pinned
        ? change({ pinned: false }, `${label} is no longer pinned.`)
        : change({ pinned: true }, `${label} is pinned. Repeat the command to undo.`);
    case 'hide': {
      const [hidden, changes] = change({ hidden: true }, '');
      // A room is listed while the user is in it.
      const [next, effects] = openRoom(hidden, previousRoom);
      if (effects.length === 0)
        return reject('Go to another room first: a room is listed while you are in it.');
      const notice = `${label} is listed again with its next message, or once you open it.`;
      return [{ ...next, notice }, [...changes, ...effects]];
    }
    case 'read':
      if (argument === 'all') return markAllAsRead(done);
      return argument === '' ? markAsRead(done) : reject(usageNotice('read'));
  }
}

function notifyText(label: string, level: NotifyLevel): string {
  const texts = {
    default: `${label} notifies you as /bell says.`,
    all: `${label} notifies you of all messages.`,
    mentions: `${label} notifies you of mentions.`,
    off: `${label} does not notify you.`,
  };
  return texts[level];
}

const unitsMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Undefined if it is not 1m to 999d. */
function durationMs(text: string): number | undefined {
  const [, digits = '', unit = ''] = /^([1-9]\d{0,2})([mhd])$/.exec(text.toLowerCase()) ?? [];
  const unitMs = unitsMs[unit];
  return unitMs === undefined ? undefined : Number(digits) * unitMs;
}

/** A mute until a time has begun. */
export function roomMuted(state: AppState, room: number, untilMs: number, untilText: string): AppUpdate {
  const { session } = state;
  const known = session?.rooms.get(room);
  if (!session || !known) return [state, []];
  const notice = `${roomLabel(known.room, session.user)} is muted until ${untilText}. To undo: /mute off`;
  return changeSettings({ ...state, notice }, room, { mutedUntil: untilMs });
}

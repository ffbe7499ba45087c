import { roomType } from '../../../shared/message.js';
import type { Conversation, RoomState, SessionState } from '../../session/state.js';
import { sanitiseLine } from '../../terminal/text/sanitise.js';
import type { AppState, Notice } from '../state/app-state.js';
import { roomLabel } from './room-names.js';
import { settingsOf } from './room-settings.js';

/** What the user has to know about rooms outside of the conversation. `state`: before the session changed. */
export function roomNotice({ session: before, ...state }: AppState, now: SessionState): Notice | undefined {
  if (!before || before.logId !== now.logId) return undefined;
  const failure = failureElsewhere(before, now, state.room);
  if (failure !== undefined || before.rooms === now.rooms || !before.hasRooms) return failure;
  return goneNotice(before, now, state) ?? renamedNotice(before, now, state) ?? joinedNotice(before, now);
}

/** A message that failed in another room; in the current one its row shows that. */
function failureElsewhere(before: Conversation, now: SessionState, current: number): Notice | undefined {
  if (before.outbox === now.outbox) return undefined;
  const failed = new Set(
    before.outbox.entries.filter(({ item }) => item.delivery.type === 'failed').map(({ item }) => item.key),
  );
  for (const { item, room } of now.outbox.entries) {
    const { delivery } = item;
    if (room === current || delivery.type !== 'failed' || failed.has(item.key)) continue;
    const known = now.rooms.get(room) ?? before.rooms.get(room);
    const where = known ? labelOf(known, now) : 'a room that you left';
    const reason = sanitiseLine(delivery.reason.message);
    return { tone: 'error', text: `Not sent to ${where}: ${reason}. /resend sends it again.` };
  }
  return undefined;
}

function goneNotice(
  before: Conversation,
  { rooms }: SessionState,
  { composer, room, views }: Pick<AppState, 'composer' | 'room' | 'views'>,
): Notice | undefined {
  const gone = [...before.rooms.values()].filter((each) => !rooms.has(each.room.number));
  const [first] = gone;
  if (!first) return undefined;
  const more = gone.length > 1 ? ` and ${gone.length - 1} more` : '';
  const hasDraft = gone.some(({ room: { number } }) => {
    const draft = number === room ? composer : views.get(number)?.composer;
    return draft !== undefined && draft.editor.text !== '';
  });
  const drafts = hasDraft ? ' Up brings back what you wrote there.' : '';
  return { tone: 'warning', text: `You are no longer in ${labelOf(first, before)}${more}.${drafts}` };
}

function renamedNotice(
  before: Conversation,
  { rooms, user }: SessionState,
  { preferences }: Pick<AppState, 'preferences'>,
): Notice | undefined {
  for (const known of before.rooms.values()) {
    const { number, name } = known.room;
    const now = rooms.get(number);
    if (!now || now.room === known.room || now.room.name === name) continue;
    if (settingsOf(before, preferences, number).mutedUntil > 0) continue;
    return `${labelOf(known, before)} is now ${labelOf(now, { user })}.`;
  }
  return undefined;
}

function joinedNotice(before: Conversation, now: SessionState): Notice | undefined {
  for (const known of now.rooms.values()) {
    const { number, type } = known.room;
    // Its first message is news.
    if (before.rooms.has(number) || type === roomType.direct) continue;
    return `You are in ${labelOf(known, now)} now.`;
  }
  return undefined;
}

function labelOf({ room }: RoomState, { user }: Pick<SessionState, 'user'>): string {
  return roomLabel(room, user);
}

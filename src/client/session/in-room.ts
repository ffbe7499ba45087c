import type { Conversation, SessionState } from './state.js';
import { seenFrom, withRoom } from './state.js';
import type { RoomUpdate, Update } from './effects.js';

/** Changes a room of the session; nothing if the user is not in that room. */
export function inRoom(
  session: SessionState,
  number: number,
  change: (conversation: Conversation) => RoomUpdate,
): Update {
  if (!session.rooms.has(number)) return [session, []];
  const before = seenFrom(session, number);
  const [after, effects] = change(before);
  if (after === before) return [session, effects];
  const { timeline, previousPage, excerpt, place, extensions } = after;
  return [{ ...withRoom(session, number, { timeline, previousPage, excerpt, place }), extensions }, effects];
}

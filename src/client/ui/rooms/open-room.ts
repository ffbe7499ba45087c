import { lobby } from '../../../shared/message.js';
import { seenFrom, type SessionState } from '../../session/state.js';
import { emptyComposer } from '../composer/composer.js';
import type { AppUpdate } from '../state/app-event.js';
import { type AppState, initialReading } from '../state/app-state.js';

/** Goes to a room; the draft and the position in the room that is left stay as they are. */
export function openRoom(state: AppState, number: number): AppUpdate {
  if (number === state.room || !state.session?.rooms.has(number)) return [state, []];
  return [entered(state, number), [{ type: 'view-room', room: number }]];
}

/** Goes to the lobby if the user is no longer in the current room. */
export function leaveGoneRoom(state: AppState, { rooms }: SessionState): AppState {
  if (rooms.has(state.room)) return state;
  const left = entered(state, lobby);
  const views = new Map(left.views);
  views.delete(state.room);
  return { ...left, views, previousRoom: lobby };
}

function entered(state: AppState, number: number): AppState {
  const { composer, reading, session } = state;
  const views = new Map(state.views).set(state.room, { composer, reading });
  const view = views.get(number);
  views.delete(number);
  return {
    ...state,
    room: number,
    previousRoom: state.room,
    views,
    session: session && seenFrom(session, number),
    // What was sent is one history for all rooms.
    composer: { ...(view?.composer ?? emptyComposer), history: composer.history },
    reading: view?.reading ?? initialReading,
    lastSearch: undefined,
  };
}

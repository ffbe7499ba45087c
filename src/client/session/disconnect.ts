import { ChatError } from '../../shared/errors.js';
import type { Update } from './effects.js';
import type { RoomState, SessionState } from './state.js';

/** Resets everything that depends on the connection, apart from the phase. */
export function disconnected(state: SessionState): SessionState {
  const rooms = new Map([...state.rooms].map(([number, room]) => [number, withoutCalls(room)]));
  return { ...state, online: undefined, storageProblem: undefined, rooms };
}

function withoutCalls(room: RoomState): RoomState {
  const { previousPage, excerpt, place } = room;
  const stopped = (page: RoomState['previousPage']) =>
    page.type === 'loading' ? ({ type: 'more' } as const) : page;
  return {
    ...room,
    asked: [],
    typing: [],
    previousPage: stopped(previousPage),
    excerpt: excerpt && {
      ...excerpt,
      previousPage: stopped(excerpt.previousPage),
      nextPage: stopped(excerpt.nextPage),
    },
    place:
      place.type === 'loading'
        ? { type: 'failed', reason: new ChatError('unreachable', 'the connection was lost') }
        : place,
  };
}

/** After a permanent failure only the user can start another attempt. */
export function refuse(state: SessionState, reason: ChatError): Update {
  return [
    { ...disconnected(state), phase: { type: 'refused', reason } },
    [
      { type: 'unsubscribe' },
      { type: 'stop-waiting', timer: 'reconnect' },
      { type: 'stop-waiting', timer: 'send' },
    ],
  ];
}

/** The user stops the connection or the attempts to make one. */
export function disconnect(state: SessionState): Update {
  const { phase } = state;
  if (phase.type === 'refused') return [state, []];
  return refuse(
    state,
    phase.type === 'reconnecting' ? phase.reason : new ChatError('cancelled', 'disconnected'),
  );
}

export function close(state: SessionState): Update {
  return [{ ...disconnected(state), phase: { type: 'closed' } }, [{ type: 'close' }]];
}

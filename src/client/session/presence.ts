import type { ChatError } from '../../shared/errors.js';
import type { SessionState } from './state.js';
import type { Step } from './step.js';

/** Names shown at most: more are no list for a person. */
const mostNames = 1000;

/** Until presence is asked for again after it ended while the session is live, in milliseconds. */
const askAgainAfter = 10_000;

/** Who is connected now. */
export function onlineArrived(state: SessionState, names: readonly string[]): Step {
  if (state.phase.type !== 'live') return [state, []];
  return [{ ...state, online: names.slice(0, mostNames), extensions: true }, []];
}

/** Presence ended: for good where the server has none, else it is asked for again. */
export function onlineLost(state: SessionState, reason: ChatError): Step {
  if (reason.code === 'unsupported') return [{ ...state, online: undefined, extensions: false }, []];
  return [{ ...state, online: undefined }, [{ type: 'wait', timer: 'online', milliseconds: askAgainAfter }]];
}

/** The time to ask again has come. */
export function askOnline(state: SessionState): Step {
  return [state, state.phase.type === 'live' ? [{ type: 'watch-online' }] : []];
}

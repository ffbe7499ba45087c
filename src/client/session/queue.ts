import type { ChatError } from '../../shared/errors.js';
import { backoff } from '../connection/backoff.js';
import type { Sent } from '../connection/port.js';
import { refuse } from './disconnect.js';
import type { Context, Update } from './effects.js';
import {
  dropPassed,
  markDelivered,
  markFailed,
  mayNotHaveArrived,
  nextDraft,
  release,
  retryLater,
  type Instant,
  type Outbox,
} from './outbox.js';
import type { SessionState } from './state.js';

const maxPauseMs = 60_000;

export function sendNext(state: SessionState): Update {
  const next = state.phase.type === 'live' ? nextDraft(state.outbox) : undefined;
  if (!next) return [state, []];
  const { mentions, ...plain } = next;
  const draft = state.hasRooms && mentions ? { ...plain, mentions } : plain;
  return [{ ...state, outbox: { ...state.outbox, inFlight: draft.id } }, [{ type: 'send', draft }]];
}

export function pauseElapsed(state: SessionState): Update {
  return sendNext({ ...state, outbox: release(state.outbox) });
}

export function sent(state: SessionState, id: string, { sequence = 0 }: Sent): Update {
  const outbox = markDelivered(state.outbox, id, sequence);
  return sendNext({ ...state, outbox: dropPassed(outbox, state.position.readUpTo) });
}

/** The message was not stored, or the outcome is ambiguous. */
export function sendFailed(state: SessionState, id: string, reason: ChatError, context: Context): Update {
  const { outbox, logId } = state;
  const isStale = outbox.inFlight !== id;
  if (isStale) return [state, []];
  const entry = outbox.entries.find(({ draft }) => draft.id === id);
  // Its echo arrived although the answer was lost, so it is delivered.
  if (!entry) {
    return sendNext({ ...state, outbox: { ...outbox, inFlight: undefined, failures: 0 } });
  }
  if (reason.code === 'login-refused') {
    return refuse({ ...state, outbox: { ...outbox, inFlight: undefined } }, reason);
  }
  if (reason.retry.ambiguous) {
    if (logId !== undefined) return pause(state, id, reason, context, context);
    return sendNext({ ...state, outbox: markFailed(outbox, id, mayNotHaveArrived(reason)) });
  }
  if (reason.retry.afterDelay) {
    return pause(state, id, reason, context, undefined);
  }
  const mayBeStored = entry.triedAt !== undefined && !reason.retry.rejectsMessage;
  return sendNext({
    ...state,
    outbox: markFailed(outbox, id, mayBeStored ? mayNotHaveArrived(reason) : reason),
  });
}

function pause(
  state: SessionState,
  id: string,
  reason: ChatError,
  { now, random }: Context,
  triedAt: Instant | undefined,
): Update {
  const milliseconds = pauseLength(state.outbox, reason, random);
  const outbox = retryLater(state.outbox, id, { until: now + milliseconds, reason }, triedAt);
  return [{ ...state, outbox }, [{ type: 'wait', timer: 'send', milliseconds }]];
}

function pauseLength({ failures }: Outbox, { retryAfterMs }: ChatError, random: number): number {
  if (retryAfterMs === undefined) return backoff(failures + 1, random);
  return Math.min(maxPauseMs, Math.max(1, retryAfterMs));
}

import type { Timer } from './effects.js';
import type { SessionEvent } from './events.js';
import { close } from './disconnect.js';
import { connect, leaveUnable, lost, opened, retry } from './link.js';
import { loadOlder, olderArrived, olderFailed, olderForgotten } from './older.js';
import { discard, dropEntry, dropPassed, enqueue, findEcho, resend } from './outbox.js';
import { askOnline, onlineArrived, onlineLost } from './presence.js';
import { pauseOver, sendFailed, sendNext, sent } from './queue.js';
import type { SessionState } from './state.js';
import type { Moment, Step } from './step.js';
import { receive, unseen, type Arrival } from './timeline.js';

/** The whole of the client's decisions: what an event makes of the state, and what is to be done. Pure. */
export function update(state: SessionState, event: SessionEvent, moment: Moment): Step {
  if (state.phase.type === 'closed') return [state, []];
  switch (event.type) {
    case 'submit':
      return sendNext({ ...state, outbox: enqueue(state.outbox, event.draft, state.user) });
    case 'resend':
      return sendNext({ ...state, outbox: resend(state.outbox, event.key) });
    case 'discard':
      return [{ ...state, outbox: discard(state.outbox, event.key) }, []];
    case 'reconnect':
      return connect(state);
    case 'load-older':
      return loadOlder(state);
    case 'forget-older':
      return olderForgotten(state);
    case 'close':
      return close(state);
    case 'opened':
      return opened(state, event.opened, moment);
    case 'received':
      return received(state, event);
    case 'lost':
      return lost(state, event.reason, moment);
    case 'sent':
      return sent(state, event.id, event.sent);
    case 'send-failed':
      return leaveUnable(sendFailed(state, event.id, event.reason, moment), event.reason, moment);
    case 'waited':
      return waited(state, event.timer);
    case 'older':
      return olderArrived(state, event.messages);
    case 'older-failed':
      return olderFailed(state, event.reason);
    case 'online':
      return onlineArrived(state, event.names);
    case 'online-lost':
      return onlineLost(state, event.reason);
  }
}

/** A batch: own messages in it leave the outbox and take their place in the log, under their old key. */
function received(
  state: SessionState,
  { messages, damage }: Extract<SessionEvent, { type: 'received' }>,
): Step {
  let { outbox } = state;
  const arrivals = unseen(state.timeline, messages).map((message): Arrival => {
    const entry = findEcho(outbox, message, state);
    if (!entry) return { message, ownKey: undefined };
    outbox = dropEntry(outbox, entry.draft.id);
    return { message, ownKey: entry.item.key };
  });
  const timeline = receive(state.timeline, arrivals, state, damage);
  return [{ ...state, timeline, outbox: dropPassed(outbox, timeline.readUpTo) }, []];
}

function waited(state: SessionState, timer: Timer): Step {
  switch (timer) {
    case 'reconnect':
      return retry(state);
    case 'send':
      return pauseOver(state);
    case 'online':
      return askOnline(state);
  }
}

import type { ChatError } from '../../shared/errors.js';
import type { Online } from '../connection/port.js';
import { readBatch } from '../connection/read-position.js';
import { close, disconnect } from './disconnect.js';
import type { Timer, Context, Update } from './effects.js';
import type { SessionEvent } from './events.js';
import { connect, leaveFailingServer, lost, opened, retry } from './link.js';
import { loadNext, loadPlace, nextPageFailed, nextPageLoaded, previousPagesForgotten } from './excerpt.js';
import { discard, dropEntry, dropPassed, enqueue, findEcho, resend } from './outbox.js';
import { loadPrevious, previousPageLoaded, previousPageFailed } from './previous-page.js';
import { pauseElapsed, sendFailed, sendNext, sent } from './queue.js';
import type { SessionState } from './state.js';
import { receive, type Arrival } from './timeline.js';

/** Pure. */
export function update(state: SessionState, event: SessionEvent, context: Context): Update {
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
    case 'load-previous-page':
      return loadPrevious(state);
    case 'load-place':
      return loadPlace(state, event.after);
    case 'load-next-page':
      return loadNext(state);
    case 'forget-previous-pages':
      return previousPagesForgotten(state);
    case 'disconnect':
      return disconnect(state);
    case 'close':
      return close(state);
    case 'opened':
      return opened(state, event.opened, context);
    case 'received':
      return received(state, event);
    case 'lost':
      return lost(state, event.reason, context);
    case 'sent':
      return sent(state, event.id, event.sent);
    case 'send-failed':
      return leaveFailingServer(sendFailed(state, event.id, event.reason, context), event.reason, context);
    case 'waited':
      return timerFired(state, event.timer);
    case 'previous-page':
      return previousPageLoaded(state, event.messages, event.before);
    case 'previous-page-failed':
      return previousPageFailed(state, event.reason, event.before);
    case 'next-page':
      return nextPageLoaded(state, event.after, event.messages);
    case 'next-page-failed':
      return nextPageFailed(state, event.after, event.reason);
    case 'online':
      return onlineArrived(state, event);
    case 'online-lost':
      return onlineLost(state, event.reason);
  }
}

/** Own messages move from the outbox to the timeline under their old key. */
function received(
  state: SessionState,
  { messages, damage }: Extract<SessionEvent, { type: 'received' }>,
): Update {
  let { outbox } = state;
  const read = readBatch(state.timeline.position, messages, damage);
  const arrivals = read.fresh.map((message): Arrival => {
    const entry = findEcho(outbox, message, state);
    if (!entry) return { message, ownKey: undefined };
    outbox = dropEntry(outbox, entry.draft.id);
    return { message, ownKey: entry.item.key };
  });
  const timeline = receive(state.timeline, arrivals, read, state);
  return [{ ...state, timeline, outbox: dropPassed(outbox, read.position.readUpTo) }, []];
}

function timerFired(state: SessionState, timer: Timer): Update {
  switch (timer) {
    case 'reconnect':
      return retry(state);
    case 'send':
      return pauseElapsed(state);
    case 'online':
      return askOnline(state);
  }
}

const maxShownNames = 1000;

const presenceRetryMs = 10_000;

function onlineArrived(state: SessionState, { names, storageProblem }: Online): Update {
  if (state.phase.type !== 'live') return [state, []];
  return [{ ...state, online: names.slice(0, maxShownNames), storageProblem, extensions: true }, []];
}

function onlineLost(state: SessionState, reason: ChatError): Update {
  const unknown = { ...state, online: undefined, storageProblem: undefined };
  if (reason.code === 'unsupported') return [{ ...unknown, extensions: false }, []];
  return [unknown, [{ type: 'wait', timer: 'online', milliseconds: presenceRetryMs }]];
}

function askOnline(state: SessionState): Update {
  return [state, state.phase.type === 'live' ? [{ type: 'watch-online' }] : []];
}

import type { ChatError } from '../../shared/errors.js';
import type { Message } from '../../shared/message.js';
import type { Update } from './effects.js';
import type { SessionState } from './state.js';
import { forgetPreviousPages, oldestSequence, prepend } from './timeline.js';

const pageMessages = 200;

/** Does nothing if there cannot be a previous page. */
export function loadPrevious(state: SessionState): Update {
  const { phase, previousPage, timeline, extensions } = state;
  const isIdle = previousPage.type === 'more' || previousPage.type === 'failed';
  if (phase.type !== 'live' || !isIdle || timeline.position.startsNewList) return [state, []];
  const before = oldestSequence(timeline);
  const hasNoSequences = before === undefined && timeline.items.length > 0;
  if (extensions === false || hasNoSequences || before === 1)
    return [{ ...state, previousPage: { type: 'none' } }, []];
  return [
    { ...state, previousPage: { type: 'loading' } },
    [{ type: 'fetch-previous-page', before: before ?? 0, limit: pageMessages }],
  ];
}

/** `messages`: newest first. */
export function previousPageLoaded(state: SessionState, messages: readonly Message[]): Update {
  if (state.previousPage.type !== 'loading') return [state, []];
  const page = above(messages, oldestSequence(state.timeline) ?? Infinity);
  const timeline = prepend(state.timeline, page.reverse(), state);
  const added = timeline.items.length - state.timeline.items.length;
  const isFull = added < page.length;
  const isComplete = page.length === 0 || oldestSequence(timeline) === 1;
  const type = isFull ? 'full' : isComplete ? 'none' : 'more';
  return [{ ...state, timeline, previousPage: { type }, extensions: true }, []];
}

export function previousPageFailed(state: SessionState, reason: ChatError): Update {
  if (state.previousPage.type !== 'loading') return [state, []];
  if (reason.code === 'unsupported')
    return [{ ...state, previousPage: { type: 'none' }, extensions: false }, []];
  return [{ ...state, previousPage: { type: 'failed', reason } }, []];
}

/** Drops the previous pages beyond the normal window. */
export function previousPagesForgotten(state: SessionState): Update {
  const timeline = forgetPreviousPages(state.timeline);
  const dropped = timeline.trimmed > state.timeline.trimmed;
  return [
    {
      ...state,
      timeline,
      previousPage: dropped && state.previousPage.type !== 'loading' ? { type: 'more' } : state.previousPage,
    },
    [],
  ];
}

/** Leaves out messages that are newer, repeated or out of order. */
function above(messages: readonly Message[], sequence: number): Message[] {
  let before = sequence;
  return messages.filter((message) => {
    if (message.sequence <= 0 || message.sequence >= before) return false;
    before = message.sequence;
    return true;
  });
}

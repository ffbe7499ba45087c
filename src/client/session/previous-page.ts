import type { ChatError } from '../../shared/errors.js';
import type { Message } from '../../shared/message.js';
import type { Update } from './effects.js';
import { loadAboveExcerpt, pageAboveExcerptLoaded, pageMessages } from './excerpt.js';
import type { SessionState } from './state.js';
import { oldestSequence, prepend } from './timeline.js';

/** Does nothing if there cannot be a previous page. */
export function loadPrevious(state: SessionState): Update {
  const { phase, previousPage, timeline, extensions, excerpt } = state;
  if (excerpt) return loadAboveExcerpt(state, excerpt);
  const isIdle = previousPage.type === 'more' || previousPage.type === 'failed';
  if (phase.type !== 'live' || !isIdle || timeline.position.startsNewList) return [state, []];
  const before = oldestSequence(timeline);
  const hasNoSequences = before === undefined && timeline.items.length > 0;
  if (extensions === false || hasNoSequences || before === 1)
    return [{ ...state, previousPage: { type: 'none' } }, []];
  return [
    { ...state, previousPage: { type: 'loading', position: before ?? 0 } },
    [{ type: 'fetch-previous-page', before: before ?? 0, limit: pageMessages }],
  ];
}

/** `messages`: newest first, as requested before the sequence `before`. */
export function previousPageLoaded(
  state: SessionState,
  messages: readonly Message[],
  before: number,
): Update {
  const { excerpt, previousPage } = state;
  if (excerpt?.previousPage.type === 'loading' && excerpt.previousPage.position === before)
    return [pageAboveExcerptLoaded(state, excerpt, above(messages, before).reverse()), []];
  if (previousPage.type !== 'loading' || previousPage.position !== before) return [state, []];
  // The oldest messages may have been dropped since: the page would leave a gap.
  if ((oldestSequence(state.timeline) ?? 0) !== before)
    return [{ ...state, previousPage: { type: 'more' } }, []];
  const page = above(messages, oldestSequence(state.timeline) ?? Infinity);
  const timeline = prepend(state.timeline, page.reverse(), state);
  const added = timeline.items.length - state.timeline.items.length;
  const isFull = added < page.length;
  const isComplete = page.length === 0 || oldestSequence(timeline) === 1;
  const type = isFull ? 'full' : isComplete ? 'none' : 'more';
  return [{ ...state, timeline, previousPage: { type }, extensions: true }, []];
}

export function previousPageFailed(state: SessionState, reason: ChatError, before: number): Update {
  const { excerpt, previousPage } = state;
  if (excerpt?.previousPage.type === 'loading' && excerpt.previousPage.position === before)
    return [{ ...state, excerpt: { ...excerpt, previousPage: { type: 'failed', reason } } }, []];
  if (previousPage.type !== 'loading' || previousPage.position !== before) return [state, []];
  if (reason.code === 'unsupported')
    return [{ ...state, previousPage: { type: 'none' }, extensions: false }, []];
  return [{ ...state, previousPage: { type: 'failed', reason } }, []];
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

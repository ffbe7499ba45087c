import type { ChatError } from '../../shared/errors.js';
import type { Message } from '../../shared/message.js';
import type { RoomUpdate } from './effects.js';
import { loadAboveExcerpt, pageAboveExcerptLoaded, pageMessages } from './excerpt.js';
import type { Conversation } from './state.js';
import { oldestSequence, prepend } from './timeline.js';

/** Does nothing if there cannot be a previous page. */
export function loadPrevious(state: Conversation): RoomUpdate {
  const { phase, previousPage, timeline, extensions, excerpt, position, room } = state;
  if (excerpt) return loadAboveExcerpt(state, excerpt);
  const isIdle = previousPage.type === 'more' || previousPage.type === 'failed';
  if (phase.type !== 'live' || !isIdle || position.startsNewList) return [state, []];
  const before = oldestSequence(timeline);
  const hasNoSequences = before === undefined && timeline.items.length > 0;
  if (extensions === false || hasNoSequences || before === 1)
    return [{ ...state, previousPage: { type: 'none' } }, []];
  return [
    { ...state, previousPage: { type: 'loading', position: before ?? 0 } },
    [{ type: 'fetch-previous-page', room: room.number, before: before ?? 0, limit: pageMessages }],
  ];
}

/** `messages`: newest first, as requested before the sequence `before`. */
export function previousPageLoaded(
  state: Conversation,
  messages: readonly Message[],
  before: number,
): RoomUpdate {
  const { excerpt, previousPage } = state;
  if (excerpt?.previousPage.type === 'loading' && excerpt.previousPage.position === before)
    return [pageAboveExcerptLoaded(state, excerpt, above(messages, before).reverse()), []];
  if (previousPage.type !== 'loading' || previousPage.position !== before) return [state, []];
  const oldest = oldestSequence(state.timeline);
  // The oldest messages may have been dropped since: the page would leave a gap.
  if (before !== 0 && oldest !== before) return [{ ...state, previousPage: { type: 'more' } }, []];
  // The newest page may contain messages that the stream delivers later.
  const end = Math.min(oldest ?? Infinity, (state.position.readUpTo ?? Infinity) + 1);
  const page = above(messages, end);
  const timeline = prepend(state.timeline, page.reverse(), state);
  const added = timeline.items.length - state.timeline.items.length;
  const isFull = added < page.length;
  const isComplete = page.length === 0 || oldestSequence(timeline) === 1;
  const type = isFull ? 'full' : isComplete ? 'none' : 'more';
  return [{ ...state, timeline, previousPage: { type }, extensions: true }, []];
}

export function previousPageFailed(state: Conversation, reason: ChatError, before: number): RoomUpdate {
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

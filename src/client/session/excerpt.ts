import { ChatError } from '../../shared/errors.js';
import type { Message } from '../../shared/message.js';
import type { RoomUpdate } from './effects.js';
import type { Item } from './item.js';
import { PagedList } from './paged-list.js';
import type { Excerpt, Conversation } from './state.js';
import { forgetPreviousPages, oldestSequence, pastItems, prependItems, timelineWindow } from './timeline.js';

export const pageMessages = 200;

/** Loads the messages after a sequence; unless they reach the timeline, they become the excerpt. */
export function loadPlace(state: Conversation, after: number): RoomUpdate {
  const { phase, extensions, timeline, position, room } = state;
  const fail = (reason: ChatError): RoomUpdate => [{ ...state, place: { type: 'failed', reason } }, []];
  if (phase.type !== 'live' || position.startsNewList)
    return fail(new ChatError('unreachable', 'there is no connection'));
  if (extensions === false || oldestSequence(timeline) === undefined)
    return fail(new ChatError('unsupported', 'this server has no older messages'));
  return [
    { ...state, place: { type: 'loading', after } },
    [{ type: 'fetch-next-page', room: room.number, after, limit: pageMessages }],
  ];
}

/** Loads the page below the excerpt. */
export function loadNext(state: Conversation): RoomUpdate {
  const { excerpt, phase } = state;
  if (!excerpt || phase.type !== 'live' || excerpt.nextPage.type === 'loading') return [state, []];
  const after = sequenceAt(excerpt, -1);
  const loading: Excerpt = { ...excerpt, nextPage: { type: 'loading', position: after } };
  const { number } = state.room;
  return [
    { ...state, excerpt: loading },
    [{ type: 'fetch-next-page', room: number, after, limit: pageMessages }],
  ];
}

/** `messages`: oldest first, as requested after the sequence `after`. */
export function nextPageLoaded(state: Conversation, after: number, messages: readonly Message[]): RoomUpdate {
  const { place, excerpt } = state;
  const page = ascending(messages, after);
  if (place.type === 'loading' && place.after === after)
    return placeLoaded({ ...state, place: { type: 'idle' }, extensions: true }, after, page);
  if (excerpt?.nextPage.type !== 'loading' || excerpt.nextPage.position !== after) return [state, []];
  const kept = withinWindow(excerpt.items.append(pastItems(state.timeline, page, state)), 'newest');
  const previousPage =
    kept.length < excerpt.items.length + page.length ? { type: 'more' as const } : excerpt.previousPage;
  const longer: Excerpt = { items: kept, previousPage, nextPage: { type: 'more' } };
  return [reachesTimeline(state, page) ? joined(state, longer) : { ...state, excerpt: longer }, []];
}

export function nextPageFailed(state: Conversation, after: number, reason: ChatError): RoomUpdate {
  const { place, excerpt } = state;
  if (place.type === 'loading' && place.after === after)
    return [{ ...state, place: { type: 'failed', reason } }, []];
  if (excerpt?.nextPage.type !== 'loading' || excerpt.nextPage.position !== after) return [state, []];
  return [{ ...state, excerpt: { ...excerpt, nextPage: { type: 'failed', reason } } }, []];
}

/** Loads the page above the excerpt. */
export function loadAboveExcerpt(state: Conversation, excerpt: Excerpt): RoomUpdate {
  const { previousPage } = excerpt;
  if (state.phase.type !== 'live' || previousPage.type === 'loading' || previousPage.type === 'none')
    return [state, []];
  const before = sequenceAt(excerpt, 0);
  const loading: Excerpt = { ...excerpt, previousPage: { type: 'loading', position: before } };
  const { number } = state.room;
  return [
    { ...state, excerpt: loading },
    [{ type: 'fetch-previous-page', room: number, before, limit: pageMessages }],
  ];
}

/** `page`: oldest first, all of it above the excerpt. */
export function pageAboveExcerptLoaded(
  state: Conversation,
  excerpt: Excerpt,
  page: readonly Message[],
): Conversation {
  const kept = withinWindow(excerpt.items.prepend(pastItems(state.timeline, page, state)), 'oldest');
  const isTrimmed = kept.length < excerpt.items.length + page.length;
  const previousPage = page.length === 0 ? { type: 'none' as const } : { type: 'more' as const };
  return {
    ...state,
    excerpt: { items: kept, previousPage, nextPage: isTrimmed ? { type: 'more' } : excerpt.nextPage },
  };
}

/** Leaves the excerpt, and drops the previous pages beyond the normal window. */
export function previousPagesForgotten(state: Conversation): RoomUpdate {
  const timeline = forgetPreviousPages(state.timeline);
  const dropped = timeline.trimmed > state.timeline.trimmed;
  return [
    {
      ...state,
      timeline,
      previousPage: dropped && state.previousPage.type !== 'loading' ? { type: 'more' } : state.previousPage,
      excerpt: undefined,
      place: { type: 'idle' },
    },
    [],
  ];
}

function placeLoaded(state: Conversation, after: number, page: readonly Message[]): RoomUpdate {
  if (page.length === 0) return [state, []];
  const previousPage = after === 0 ? ({ type: 'none' } as const) : ({ type: 'more' } as const);
  // The timeline may have so many previous pages that nothing else fits.
  const [next] = previousPagesForgotten(state);
  const items = PagedList.of(pastItems(next.timeline, page, next));
  const excerpt: Excerpt = { items, previousPage, nextPage: { type: 'more' } };
  return [reachesTimeline(next, page) ? joined(next, excerpt) : { ...next, excerpt }, []];
}

/** An empty page: nothing is below the excerpt, so that the timeline follows it. */
function reachesTimeline({ timeline }: Conversation, page: readonly Message[]): boolean {
  const oldest = oldestSequence(timeline) ?? 0;
  return (page.at(-1)?.sequence ?? Infinity) >= oldest;
}

/** The timeline with the excerpt above it. */
function joined(state: Conversation, { items, previousPage }: Excerpt): Conversation {
  const oldest = oldestSequence(state.timeline) ?? Infinity;
  const above = [...items].filter(({ message }) => message.sequence < oldest);
  return { ...state, timeline: prependItems(state.timeline, above), previousPage, excerpt: undefined };
}

/** Drops what is over the limits from the other end. */
function withinWindow(items: PagedList<Item>, keep: 'oldest' | 'newest'): PagedList<Item> {
  const all = keep === 'newest' ? [...items].reverse() : items;
  let count = 0;
  let bytes = 0;
  for (const { message } of all) {
    bytes += message.content.length;
    if (count > 0 && (count === timelineWindow.items || bytes > timelineWindow.bytes)) break;
    count++;
  }
  if (count === items.length) return items;
  return keep === 'newest' ? items.drop(items.length - count) : PagedList.of(items.slice(0, count));
}

function sequenceAt({ items }: Excerpt, index: number): number {
  return items.at(index)?.message.sequence ?? 0;
}

/** Leaves out messages that are older, repeated or out of order. */
function ascending(messages: readonly Message[], after: number): Message[] {
  let position = after;
  return messages.filter(({ sequence }) => {
    if (sequence <= position) return false;
    position = sequence;
    return true;
  });
}

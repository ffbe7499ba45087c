import { type Message, contentType } from '../../shared/message.js';
import { isSameName } from '../../shared/fold-text.js';
import { isDeleted } from './current-form.js';
import { delivered, type Item } from './item.js';
import { PagedList } from './paged-list.js';

/** The loaded part of a room. */
export type Timeline = {
  /** Oldest first. */
  readonly items: PagedList<Item>;
  readonly bytes: number;
  /** Items dropped from the top since the list began. */
  readonly trimmed: number;
  /** The limits are doubled, so that previous pages are not dropped while they are read. */
  readonly hasPreviousPages: boolean;
  /** How often a new list began. After that, the same sequence of the same log may be another message. */
  readonly restarts: number;
  /** Since the list began; these identify messages and images without sequences. */
  readonly messageCount: number;
  readonly imageCount: number;
};

/** How much of a room is kept. `bytes` counts content. */
export type Window = { readonly items: number; readonly bytes: number };

/** Of the current room; doubled while previous pages are loaded. */
export const timelineWindow: Window = { items: 5000, bytes: 64 * 1024 * 1024 };

/** Of a room that the user looked at before, so that going back is quick. */
export const recentWindow: Window = { items: 1000, bytes: 8 * 1024 * 1024 };

/** Of all other rooms: the newest messages, for notifications. */
export const unviewedWindow: Window = { items: 50, bytes: 64 * 1024 };

export const emptyTimeline: Timeline = {
  items: PagedList.of<Item>(),
  bytes: 0,
  trimmed: 0,
  hasPreviousPages: false,
  restarts: 0,
  messageCount: 0,
  imageCount: 0,
};

/** For a stream that did not resume. The messages stay until the new list arrives. */
export function restarted(timeline: Timeline): Timeline {
  const restarts = timeline.restarts + (timeline.items.length > 0 ? 1 : 0);
  return { ...timeline, restarts };
}

/** A new message. `ownKey`: of the outbox entry that it is the echo of. */
export type Arrival = { readonly message: Message; readonly ownKey: string | undefined };

/** How a batch is added: to a new list, as history, within these limits. */
export type Arriving = {
  readonly startsNewList: boolean;
  readonly isReplay: (message: Message) => boolean;
  readonly window: Window;
};

/** Adds the new messages of a batch. */
export function receive(
  before: Timeline,
  arrivals: readonly Arrival[],
  { startsNewList, isReplay, window }: Arriving,
  { user, logId }: { user: string; logId: string | undefined },
): Timeline {
  const { restarts } = before;
  const start = startsNewList ? { ...emptyTimeline, restarts } : before;
  let { messageCount, imageCount, bytes } = start;
  const items = arrivals.map(({ message, ownKey }): Item => {
    const { sequence } = message;
    messageCount++;
    bytes += message.content.length;
    if (message.type === contentType.image) imageCount++;
    return {
      key: ownKey ?? (sequence > 0 ? sequenceKey(logId, restarts, sequence) : `#${messageCount}`),
      message,
      mine: isSameName(message.from, user),
      delivery: delivered,
      replay: isReplay(message),
      imageNumber: imageNumber(message, imageCount),
    };
  });
  const appended = start.items.append(items);
  return trim({ ...start, items: appended, bytes, messageCount, imageCount }, window);
}

/** `messages`: oldest first; the newest that fit are added. */
export function prepend(
  timeline: Timeline,
  messages: readonly Message[],
  { user, logId }: { user: string; logId: string | undefined },
): Timeline {
  const room = doubled(timelineWindow);
  let { bytes } = timeline;
  let count = timeline.items.length;
  const kept: Message[] = [];
  for (const message of messages.toReversed()) {
    if (count + 1 > room.items || bytes + message.content.length > room.bytes) break;
    count++;
    bytes += message.content.length;
    kept.push(message);
  }
  return prependItems(timeline, pastItems(timeline, kept.reverse(), { user, logId }));
}

/** Messages of the log that are older than the timeline. */
export function pastItems(
  { restarts }: Timeline,
  messages: readonly Message[],
  { user, logId }: { user: string; logId: string | undefined },
): Item[] {
  return messages.map((message) => ({
    key: sequenceKey(logId, restarts, message.sequence),
    message,
    mine: isSameName(message.from, user),
    delivery: delivered,
    replay: true,
    imageNumber: imageNumber(message, 0),
  }));
}

export function prependItems(timeline: Timeline, items: readonly Item[]): Timeline {
  const bytes = items.reduce((sum, { message }) => sum + message.content.length, timeline.bytes);
  // The newest page of a room is no previous page.
  const hasPreviousPages = timeline.hasPreviousPages || (timeline.items.length > 0 && items.length > 0);
  return { ...timeline, items: timeline.items.prepend(items), bytes, hasPreviousPages };
}

/** Drops what is outside of the window, previous pages included. */
export function forgetPreviousPages(timeline: Timeline, window = timelineWindow): Timeline {
  return trim({ ...timeline, hasPreviousPages: false }, window);
}

export function oldestSequence(timeline: Timeline): number | undefined {
  const sequence = timeline.items.at(0)?.message.sequence ?? 0;
  return sequence > 0 ? sequence : undefined;
}

function doubled({ items, bytes }: Window): Window {
  return { items: items * 2, bytes: bytes * 2 };
}

function trim(timeline: Timeline, window: Window): Timeline {
  const room = timeline.hasPreviousPages ? doubled(window) : window;
  // The current room always shows its newest message.
  const least = window === timelineWindow ? 1 : 0;
  let count = timeline.items.length;
  let { bytes } = timeline;
  for (const { message } of timeline.items) {
    if (count <= least || (count <= room.items && bytes <= room.bytes)) break;
    count--;
    bytes -= message.content.length;
  }
  const dropped = timeline.items.length - count;
  if (dropped === 0) return timeline;
  return { ...timeline, items: timeline.items.drop(dropped), bytes, trimmed: timeline.trimmed + dropped };
}

function sequenceKey(logId: string | undefined, restarts: number, sequence: number): string {
  return `${logId ?? ''}${restarts > 0 ? `+${restarts}` : ''}/${sequence}`;
}

function imageNumber(message: Message, count: number): number | undefined {
  const { type, sequence } = message;
  if (type !== contentType.image || isDeleted(message)) return undefined;
  return sequence > 0 ? sequence : count;
}

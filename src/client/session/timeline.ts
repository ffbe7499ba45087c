import { type Message, contentType } from '../../shared/message.js';
import { cutShortAfter } from '../connection/cut-short.js';
import type { Damage } from '../connection/port.js';
import { delivered, isSameName, type Item } from './item.js';
import { PagedList } from './paged-list.js';

/** The server's log as far as it is held here. */
export type Timeline = {
  /** Oldest first. */
  readonly items: PagedList<Item>;
  /** Bytes of content held. */
  readonly bytes: number;
  /** How many items were dropped at the top to keep the list bounded, since it began. */
  readonly trimmed: number;
  /** Read up to this sequence; undefined before a subscription's first batch, and where there are no sequences. */
  readonly readUpTo: number | undefined;
  /** How often in a row batches were cut short at the same message; see `resumeAfter`. */
  readonly cutShort: number;
  /** True from a subscription that did not resume until its first batch: with that one the list starts anew. */
  readonly startsAnew: boolean;
  /** Up to this sequence it is history; undefined: the first batch is, where the server names no head. */
  readonly historyEnd: number | undefined;
  /** Older pages were added: the list may hold twice as much, so that what is being read stays. */
  readonly extended: boolean;
  /** How often the list began anew. The same sequence of the same log may be another message then. */
  readonly restarts: number;
  /** How many messages and images arrived since the list began: names for them where there are no sequences. */
  readonly messageCount: number;
  readonly imageCount: number;
};

/** What a list holds at most before its oldest items go; twice that with older pages. Bytes of content. */
export const timelineWindow = { items: 5000, bytes: 64 * 1024 * 1024 } as const;

/** A list with nothing in it. */
export const emptyTimeline: Timeline = {
  items: PagedList.of<Item>(),
  bytes: 0,
  trimmed: 0,
  readUpTo: undefined,
  cutShort: 0,
  startsAnew: true,
  historyEnd: undefined,
  extended: false,
  restarts: 0,
  messageCount: 0,
  imageCount: 0,
};

/** A subscription began: one that did not resume starts the list anew with its first batch. */
export function openTimeline(timeline: Timeline, resumed: boolean, head: number | undefined): Timeline {
  if (resumed) return { ...timeline, startsAnew: false };
  const restarts = timeline.restarts + (timeline.items.length > 0 ? 1 : 0);
  return { ...timeline, readUpTo: undefined, startsAnew: true, historyEnd: head, restarts };
}

/** A message that is new to the list; `ownKey`: the key of the outbox entry that it is the echo of. */
export type Arrival = { readonly message: Message; readonly ownKey: string | undefined };

/** The messages of a batch that the list has not had yet. */
export function unseen(timeline: Timeline, messages: readonly Message[]): Message[] {
  let readUpTo = timeline.readUpTo ?? 0;
  return messages.filter(({ sequence }) => {
    if (sequence === 0) return true;
    if (sequence <= readUpTo) return false;
    readUpTo = sequence;
    return true;
  });
}

/** Adds a batch of unseen messages. An empty one says that the subscription has nothing older to tell. */
export function receive(
  before: Timeline,
  arrivals: readonly Arrival[],
  { user, logId }: { user: string; logId: string | undefined },
  damage?: Damage,
): Timeline {
  const { historyEnd, restarts } = before;
  const start = before.startsAnew ? { ...emptyTimeline, historyEnd, restarts, startsAnew: false } : before;
  const firstIsHistory = before.startsAnew && historyEnd === undefined;
  let { messageCount, imageCount, bytes } = start;
  const isEmpty = arrivals.length === 0 && !damage;
  let readUpTo = start.readUpTo ?? (logId !== undefined && isEmpty ? historyEnd : undefined);
  const cutShort = cutShortAfter(start.cutShort, arrivals.length, damage);
  const items = arrivals.map(({ message, ownKey }): Item => {
    const { sequence } = message;
    messageCount++;
    bytes += message.content.length;
    if (sequence > 0) readUpTo = sequence;
    if (message.type === contentType.image) imageCount++;
    return {
      key: ownKey ?? (sequence > 0 ? sequenceKey(logId, restarts, sequence) : `#${messageCount}`),
      message,
      mine: isSameName(message.from, user),
      delivery: delivered,
      replay: firstIsHistory || (sequence > 0 && sequence <= (historyEnd ?? 0)),
      imageNumber: imageNumber(message, imageCount),
    };
  });
  const appended = start.items.append(items);
  return trim({ ...start, items: appended, bytes, readUpTo, cutShort, messageCount, imageCount });
}

/** Puts a page (oldest first) above the list, as much of its newer end as there is room for. */
export function prepend(
  timeline: Timeline,
  messages: readonly Message[],
  { user, logId }: { user: string; logId: string | undefined },
): Timeline {
  const room = limits(true);
  let { bytes } = timeline;
  let count = timeline.items.length;
  const kept: Message[] = [];
  for (const message of messages.toReversed()) {
    if (count + 1 > room.items || bytes + message.content.length > room.bytes) break;
    count++;
    bytes += message.content.length;
    kept.push(message);
  }
  const items = kept.reverse().map((message): Item => ({
    key: sequenceKey(logId, timeline.restarts, message.sequence),
    message,
    mine: isSameName(message.from, user),
    delivery: delivered,
    replay: true,
    imageNumber: imageNumber(message, 0),
  }));
  return { ...timeline, items: timeline.items.prepend(items), bytes, extended: true };
}

/** Gives back the room that older pages took. */
export function forgetPreviousPages(timeline: Timeline): Timeline {
  return trim({ ...timeline, extended: false });
}

/** The sequence that the list begins with; undefined where it is empty or has no sequences. */
export function oldestSequence(timeline: Timeline): number | undefined {
  const sequence = timeline.items.at(0)?.message.sequence ?? 0;
  return sequence > 0 ? sequence : undefined;
}

function limits(extended: boolean): { items: number; bytes: number } {
  const factor = extended ? 2 : 1;
  return { items: timelineWindow.items * factor, bytes: timelineWindow.bytes * factor };
}

/** Drops the oldest items until the list is within its bounds; the newest one always stays. */
function trim(timeline: Timeline): Timeline {
  const room = limits(timeline.extended);
  let count = timeline.items.length;
  let { bytes } = timeline;
  for (const { message } of timeline.items) {
    if (count <= 1 || (count <= room.items && bytes <= room.bytes)) break;
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

function imageNumber({ type, sequence }: Message, count: number): number | undefined {
  if (type !== contentType.image) return undefined;
  return sequence > 0 ? sequence : count;
}

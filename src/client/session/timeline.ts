import { type Message, contentType } from '../../shared/message.js';
import { nothingRead, type BatchRead, type ReadPosition } from '../connection/read-position.js';
import { isSameName } from '../../shared/fold-text.js';
import { delivered, type Item } from './item.js';
import { PagedList } from './paged-list.js';

/** The loaded part of the server's log. */
export type Timeline = {
  /** Oldest first. */
  readonly items: PagedList<Item>;
  readonly bytes: number;
  /** Items dropped from the top since the list began. */
  readonly trimmed: number;
  readonly position: ReadPosition;
  /** The limits are doubled, so that previous pages are not dropped while they are read. */
  readonly hasPreviousPages: boolean;
  /** How often a new list began. After that, the same sequence of the same log may be another message. */
  readonly restarts: number;
  /** Since the list began; these identify messages and images without sequences. */
  readonly messageCount: number;
  readonly imageCount: number;
};

/** Doubled while previous pages are loaded. `bytes` counts content. */
export const timelineWindow = { items: 5000, bytes: 64 * 1024 * 1024 } as const;

export const emptyTimeline: Timeline = {
  items: PagedList.of<Item>(),
  bytes: 0,
  trimmed: 0,
  position: nothingRead,
  hasPreviousPages: false,
  restarts: 0,
  messageCount: 0,
  imageCount: 0,
};

export function openTimeline(timeline: Timeline, resumed: boolean, head: number | undefined): Timeline {
  if (resumed) return { ...timeline, position: { ...timeline.position, startsNewList: false } };
  const restarts = timeline.restarts + (timeline.items.length > 0 ? 1 : 0);
  return { ...timeline, position: { ...nothingRead, historyEnd: head }, restarts };
}

/** A new message. `ownKey`: of the outbox entry that it is the echo of. */
export type Arrival = { readonly message: Message; readonly ownKey: string | undefined };

/** Adds the new messages of a batch. */
export function receive(
  before: Timeline,
  arrivals: readonly Arrival[],
  { position, isReplay }: Pick<BatchRead, 'position' | 'isReplay'>,
  { user, logId }: { user: string; logId: string | undefined },
): Timeline {
  const { restarts } = before;
  const start = before.position.startsNewList ? { ...emptyTimeline, restarts } : before;
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
  return trim({ ...start, items: appended, bytes, position, messageCount, imageCount });
}

/** `messages`: oldest first; the newest that fit are added. */
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
  return { ...timeline, items: timeline.items.prepend(items), bytes, hasPreviousPages: true };
}

export function forgetPreviousPages(timeline: Timeline): Timeline {
  return trim({ ...timeline, hasPreviousPages: false });
}

export function oldestSequence(timeline: Timeline): number | undefined {
  const sequence = timeline.items.at(0)?.message.sequence ?? 0;
  return sequence > 0 ? sequence : undefined;
}

function limits(hasPreviousPages: boolean): { items: number; bytes: number } {
  const factor = hasPreviousPages ? 2 : 1;
  return { items: timelineWindow.items * factor, bytes: timelineWindow.bytes * factor };
}

function trim(timeline: Timeline): Timeline {
  const room = limits(timeline.hasPreviousPages);
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

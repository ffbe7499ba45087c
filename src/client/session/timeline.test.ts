import { describe, expect, test } from '@jest/globals';
import { contentType, type Message } from '../../shared/message.js';
import { readBatch } from '../connection/read-position.js';
import {
  emptyTimeline,
  forgetPreviousPages,
  openTimeline,
  prepend,
  receive,
  timelineWindow,
  type Timeline,
} from './timeline.js';

const ours = { user: 'user1', logId: 'log' };
const others = { user: 'user1', logId: undefined };

function message(sequence: number, changes: Partial<Message> = {}): Message {
  const content = new Uint8Array([65]);
  return { sequence, id: '', from: 'user2', timestamp: 1, type: contentType.text, content, ...changes };
}

function numbered(from: number, to: number): Message[] {
  return Array.from({ length: to - from + 1 }, (_, index) => message(from + index));
}

function take(
  timeline: Timeline,
  messages: readonly Message[],
  room: typeof ours | typeof others = ours,
): Timeline {
  const read = readBatch(timeline.position, messages);
  const arrivals = read.fresh.map((each) => ({ message: each, ownKey: undefined }));
  return receive(timeline, arrivals, read, room);
}

describe('a timeline', () => {
  test('keeps the newest messages and counts the dropped ones', () => {
    const full = take(openTimeline(emptyTimeline, false, 0), numbered(1, timelineWindow.items));
    const next = take(full, numbered(timelineWindow.items + 1, timelineWindow.items + 3));
    expect(next.items.length).toBe(timelineWindow.items);
    expect(next.items.at(0)?.message.sequence).toBe(4);
    expect(next.trimmed).toBe(3);
    expect(next.bytes).toBe(timelineWindow.items);
  });

  test('is limited in bytes, but always keeps the newest message', () => {
    const large = { content: new Uint8Array(timelineWindow.bytes) };
    const start = take(openTimeline(emptyTimeline, false, 0), numbered(1, 3));
    const next = take(start, [message(4, large)]);
    expect([...next.items].map((item) => item.message.sequence)).toEqual([4]);
    expect(next.bytes).toBe(timelineWindow.bytes);
  });

  test('doubles its limits for previous pages until these are forgotten', () => {
    const full = take(openTimeline(emptyTimeline, false, 20_000), numbered(10_001, 15_000));
    const twice = prepend(full, numbered(4_001, 10_000), ours);
    expect(twice.items.length).toBe(2 * timelineWindow.items);
    expect(twice.items.at(0)?.message.sequence).toBe(5_001);
    expect(take(twice, [message(15_001)]).items.at(0)?.message.sequence).toBe(5_002);
    expect(forgetPreviousPages(twice).items.at(0)?.message.sequence).toBe(10_001);
  });

  test('numbers images by sequence, or by a count if there are no sequences', () => {
    const image = { type: contentType.image };
    const withSequences = take(openTimeline(emptyTimeline, false, 0), [message(7, image), message(8)]);
    expect([...withSequences.items].map((item) => item.imageNumber)).toEqual([7, undefined]);
    const without = take(
      openTimeline(emptyTimeline, false, undefined),
      [message(0, image), message(0), message(0, image)],
      others,
    );
    expect([...without.items].map((item) => item.imageNumber)).toEqual([1, undefined, 2]);
  });

  test('gives every message a unique key, the same again in a repeated history', () => {
    const opened = openTimeline(emptyTimeline, false, undefined);
    const first = take(opened, [message(0), message(0)], others);
    const again = take(openTimeline(first, false, undefined), [message(0), message(0), message(0)], others);
    const keys = [...again.items].map((item) => item.key);
    expect(new Set(keys).size).toBe(3);
    expect(keys.slice(0, 2)).toEqual([...first.items].map((item) => item.key));
  });

  test('marks messages up to the head as replay, or without a head the first batch', () => {
    const replays = (timeline: Timeline): boolean[] => [...timeline.items].map((item) => item.replay);
    const known = take(openTimeline(emptyTimeline, false, 2), numbered(1, 3));
    expect(replays(known)).toEqual([true, true, false]);
    const unknown = take(
      take(openTimeline(emptyTimeline, false, undefined), [message(0)], others),
      [message(0)],
      others,
    );
    expect(replays(unknown)).toEqual([true, false]);
    const missed = take(openTimeline(known, true, 4), [message(4)]);
    expect(replays(missed)).toEqual([true, true, false, false]);
  });
});

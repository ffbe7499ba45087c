import { describe, expect, test } from '@jest/globals';
import { contentType, type Message } from '../../shared/message.js';
import {
  emptyTimeline,
  forgetPreviousPages,
  prepend,
  receive,
  timelineWindow,
  unviewedWindow,
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
  startsNewList = false,
): Timeline {
  const arrivals = messages.map((each) => ({ message: each, ownKey: undefined }));
  const arriving = { startsNewList, isReplay: () => false, window: timelineWindow };
  return receive(timeline, arrivals, arriving, room);
}

describe('a timeline', () => {
  test('keeps the newest messages and counts the dropped ones', () => {
    const full = take(emptyTimeline, numbered(1, timelineWindow.items));
    const next = take(full, numbered(timelineWindow.items + 1, timelineWindow.items + 3));
    expect(next.items.length).toBe(timelineWindow.items);
    expect(next.items.at(0)?.message.sequence).toBe(4);
    expect(next.trimmed).toBe(3);
    expect(next.bytes).toBe(timelineWindow.items);
  });

  test('is limited in bytes, but always keeps the newest message', () => {
    const large = { content: new Uint8Array(timelineWindow.bytes) };
    const start = take(emptyTimeline, numbered(1, 3));
    const next = take(start, [message(4, large)]);
    expect([...next.items].map((item) => item.message.sequence)).toEqual([4]);
    expect(next.bytes).toBe(timelineWindow.bytes);
  });

  test('doubles its limits for previous pages until these are forgotten', () => {
    const full = take(emptyTimeline, numbered(10_001, 15_000));
    const twice = prepend(full, numbered(4_001, 10_000), ours);
    expect(twice.items.length).toBe(2 * timelineWindow.items);
    expect(twice.items.at(0)?.message.sequence).toBe(5_001);
    expect(take(twice, [message(15_001)]).items.at(0)?.message.sequence).toBe(5_002);
    expect(forgetPreviousPages(twice).items.at(0)?.message.sequence).toBe(10_001);
  });

  test('numbers images by sequence, or by a count if there are no sequences', () => {
    const image = { type: contentType.image };
    const withSequences = take(emptyTimeline, [message(7, image), message(8)]);
    expect([...withSequences.items].map((item) => item.imageNumber)).toEqual([7, undefined]);
    const without = take(emptyTimeline, [message(0, image), message(0), message(0, image)], others);
    expect([...without.items].map((item) => item.imageNumber)).toEqual([1, undefined, 2]);
  });

  test('gives every message a unique key, the same again in a repeated history', () => {
    const first = take(emptyTimeline, [message(0), message(0)], others);
    const again = take(first, [message(0), message(0), message(0)], others, true);
    const keys = [...again.items].map((item) => item.key);
    expect(new Set(keys).size).toBe(3);
    expect(keys.slice(0, 2)).toEqual([...first.items].map((item) => item.key));
  });

  test('drops all messages of a room that the user does not look at, if one is too large', () => {
    const large = message(2, { content: new Uint8Array(unviewedWindow.bytes + 1) });
    const arriving = { startsNewList: false, isReplay: () => false, window: unviewedWindow };
    const arrivals = [message(1), large].map((each) => ({ message: each, ownKey: undefined }));
    expect(receive(emptyTimeline, arrivals, arriving, ours).items.length).toBe(0);
  });
});

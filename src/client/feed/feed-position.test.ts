import { describe, expect, test } from '@jest/globals';
import { messageDigest } from '../../shared/message-digest.js';
import { decodeText, encodeText } from '../../shared/text.js';
import type { Opened } from '../connection/port.js';
import { createFeedPosition, type FeedPosition } from './feed-position.js';

const opened = (changes: Partial<Opened>): Opened => ({
  type: 'opened',
  logId: 'log',
  head: 0,
  resumed: false,
  maxTextBytes: undefined,
  maxImageBytes: undefined,
  ...changes,
});
const message = (sequence: number, text = String(sequence)) => ({
  sequence,
  id: '',
  from: 'a',
  timestamp: 1,
  type: 1,
  content: encodeText(text),
});
const newTexts = (position: FeedPosition, ...messages: ReturnType<typeof message>[]) =>
  position
    .take(messages)
    .map(({ message: { content }, replay }) => `${decodeText(content)}${replay ? '*' : ''}`);

describe('a read position', () => {
  test('returns each sequence once, and marks those up to the head as replay', () => {
    const position = createFeedPosition();
    expect(position.open(opened({ head: 2 }))).toBe(false);
    expect(newTexts(position, message(1), message(2), message(3))).toEqual(['1*', '2*', '3']);
    expect(newTexts(position, message(3), message(2), message(4))).toEqual(['4']);
    expect(position.cursor()).toEqual({ logId: 'log', after: 4, digest: messageDigest(message(4)) });
  });

  test('does not mark messages of a lost connection as replay', () => {
    const position = createFeedPosition();
    position.open(opened({ head: 1 }));
    newTexts(position, message(1));
    expect(position.open(opened({ head: 2, resumed: true }))).toBe(false);
    expect(newTexts(position, message(2))).toEqual(['2']);
  });

  test('continues from the head after an empty first batch', () => {
    const position = createFeedPosition();
    position.open(opened({ head: 9, headDigest: 'proof' }));
    expect(newTexts(position)).toEqual([]);
    expect(position.cursor()).toEqual({ logId: 'log', after: 9, digest: 'proof' });
  });

  test('reports a gap and starts again in another log', () => {
    const position = createFeedPosition();
    position.open(opened({ head: 1 }));
    newTexts(position, message(1));
    expect(position.open(opened({ logId: 'other', head: 1 }))).toBe(true);
    expect(newTexts(position, message(1, 'first'), message(2, 'second'))).toEqual(['first*', 'second']);
  });

  test('reports a gap after lost messages, and repeats none', () => {
    const position = createFeedPosition();
    position.open(opened({ head: 5 }));
    newTexts(position, message(5));
    expect(position.open(opened({ head: 9 }))).toBe(true);
    expect(newTexts(position, message(5), message(8), message(9))).toEqual(['8', '9']);
  });
});

describe('a read position in a log that lost its end and reused its sequences', () => {
  const lostAfter = (last: number): FeedPosition => {
    const position = createFeedPosition();
    position.open(opened({ head: 1 }));
    for (let sequence = 1; sequence <= last; sequence++) newTexts(position, message(sequence));
    expect(position.open(opened({ head: last }))).toBe(true);
    return position;
  };

  test('returns new messages under old sequences, not as replay', () => {
    const position = lostAfter(5);
    const again = [message(1), message(2), message(3, 'new 3'), message(4, 'new 4'), message(5, 'new 5')];
    expect(newTexts(position, ...again, message(6))).toEqual(['new 3', 'new 4', 'new 5', '6']);
    expect(position.cursor()).toMatchObject({ after: 6, digest: messageDigest(message(6)) });
  });

  test('resumes after the messages of the new history', () => {
    const position = lostAfter(3);
    expect(newTexts(position, message(1))).toEqual([]);
    expect(position.cursor()).toMatchObject({ after: 1, digest: messageDigest(message(1)) });
  });

  test('returns messages again, as replay, that it no longer remembers', () => {
    const position = lostAfter(1200);
    expect(newTexts(position, message(100), message(1100), message(1150, 'new'))).toEqual(['100*', 'new']);
  });
});

describe('a read position on a server without sequences', () => {
  const unnamed = opened({ logId: undefined, head: undefined });
  const texts = (...list: string[]) => list.map((text) => message(0, text));

  test('marks the first batch as replay', () => {
    const position = createFeedPosition();
    position.open(unnamed);
    expect(newTexts(position, ...texts('a', 'b'))).toEqual(['a*', 'b*']);
    expect(newTexts(position, ...texts('c'))).toEqual(['c']);
    expect(position.cursor()).toBeUndefined();
  });

  test('finds its position in a repeated history', () => {
    const position = createFeedPosition();
    position.open(unnamed);
    newTexts(position, ...texts('a', 'b'));
    newTexts(position, ...texts('c'));
    expect(position.open(unnamed)).toBe(false);
    expect(newTexts(position, ...texts('a', 'b', 'c', 'd'))).toEqual(['d']);
    expect(newTexts(position, ...texts('d'))).toEqual(['d']);
  });
});

describe('a read position in a stream of rooms', () => {
  const withRooms = (changes: Partial<Opened>) => opened({ hasRooms: true, ...changes });
  const inRoom = (sequence: number) => ({ ...message(sequence), detail: { room: 7, kind: 0 } });

  test('begins at the head, and has a digest only after plain messages of the lobby', () => {
    const position = createFeedPosition();
    position.open(withRooms({ head: 9, headDigest: 'proof' }));
    expect(position.cursor()).toEqual({ logId: 'log', after: 9, digest: 'proof' });
    position.take([inRoom(10)]);
    expect(position.cursor()).toEqual({ logId: 'log', after: 10, digest: undefined });
    position.take([message(11)]);
    expect(position.cursor()).toMatchObject({ after: 11, digest: messageDigest(message(11)) });
    position.take([], undefined, 20);
    expect(position.cursor()).toMatchObject({ after: 20, digest: undefined });
  });

  test('is not moved by pages, whose entries are replays', () => {
    const position = createFeedPosition();
    position.open(withRooms({ head: 9 }));
    expect(position.takeStored(message(4))).toMatchObject({ replay: true });
    expect(position.cursor()).toMatchObject({ after: 9 });
  });

  test('leaves out of the pages after a gap what was read before it', () => {
    const position = createFeedPosition();
    position.open(withRooms({ head: 4 }));
    expect(position.readBeforeGap()).toBeUndefined();
    position.take([message(5), inRoom(6)]);
    expect(position.open(withRooms({ head: 8 }))).toBe(true);
    expect(position.readBeforeGap()).toBe(4);
    expect(position.takeStored(message(5))).toBeUndefined();
    expect(position.takeStored({ ...inRoom(6), id: 'another' })).toMatchObject({ replay: false });
    expect(position.open(withRooms({ head: 3, logId: 'other' }))).toBe(true);
    expect(position.readBeforeGap()).toBeUndefined();
  });
});

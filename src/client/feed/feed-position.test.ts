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
const taken = (position: FeedPosition, ...messages: ReturnType<typeof message>[]) =>
  position
    .take(messages)
    .map(({ message: { content }, replay }) => `${decodeText(content)}${replay ? '*' : ''}`);

describe('a place in a log', () => {
  test('tells each sequence once, and up to the head as history', () => {
    const position = createFeedPosition();
    expect(position.open(opened({ head: 2 }))).toBe(false);
    expect(taken(position, message(1), message(2), message(3))).toEqual(['1*', '2*', '3']);
    expect(taken(position, message(3), message(2), message(4))).toEqual(['4']);
    expect(position.cursor()).toEqual({ logId: 'log', after: 4, digest: messageDigest(message(4)) });
  });

  test('what came while the connection was lost is not history', () => {
    const position = createFeedPosition();
    position.open(opened({ head: 1 }));
    taken(position, message(1));
    expect(position.open(opened({ head: 2, resumed: true }))).toBe(false);
    expect(taken(position, message(2))).toEqual(['2']);
  });

  test('after an empty beginning goes on from the head', () => {
    const position = createFeedPosition();
    position.open(opened({ head: 9, headDigest: 'proof' }));
    expect(taken(position)).toEqual([]);
    expect(position.cursor()).toEqual({ logId: 'log', after: 9, digest: 'proof' });
  });

  test('another log begins anew, and says so', () => {
    const position = createFeedPosition();
    position.open(opened({ head: 1 }));
    taken(position, message(1));
    expect(position.open(opened({ logId: 'other', head: 1 }))).toBe(true);
    expect(taken(position, message(1, 'first'), message(2, 'second'))).toEqual(['first*', 'second']);
  });

  test('a part that is gone is said, and nothing told twice', () => {
    const position = createFeedPosition();
    position.open(opened({ head: 5 }));
    taken(position, message(5));
    expect(position.open(opened({ head: 9 }))).toBe(true);
    expect(taken(position, message(5), message(8), message(9))).toEqual(['8', '9']);
  });
});

describe('a place in a log that lost its end and gave its sequences again', () => {
  const lostAfter = (last: number): FeedPosition => {
    const position = createFeedPosition();
    position.open(opened({ head: 1 }));
    for (let sequence = 1; sequence <= last; sequence++) taken(position, message(sequence));
    expect(position.open(opened({ head: last }))).toBe(true);
    return position;
  };

  test('what is new under old sequences is told, and none of it as history', () => {
    const position = lostAfter(5);
    const again = [message(1), message(2), message(3, 'new 3'), message(4, 'new 4'), message(5, 'new 5')];
    expect(taken(position, ...again, message(6))).toEqual(['new 3', 'new 4', 'new 5', '6']);
    expect(position.cursor()).toMatchObject({ after: 6, digest: messageDigest(message(6)) });
  });

  test('it resumes by the messages of the new history, told or not', () => {
    const position = lostAfter(3);
    expect(taken(position, message(1))).toEqual([]);
    expect(position.cursor()).toMatchObject({ after: 1, digest: messageDigest(message(1)) });
  });

  test('what was read too long ago to be compared is told again, as history', () => {
    const position = lostAfter(1200);
    expect(taken(position, message(100), message(1100), message(1150, 'new'))).toEqual(['100*', 'new']);
  });
});

describe('a place on a server without sequences', () => {
  const unnamed = opened({ logId: undefined, head: undefined });
  const texts = (...list: string[]) => list.map((text) => message(0, text));

  test('takes the first batch for the history', () => {
    const position = createFeedPosition();
    position.open(unnamed);
    expect(taken(position, ...texts('a', 'b'))).toEqual(['a*', 'b*']);
    expect(taken(position, ...texts('c'))).toEqual(['c']);
    expect(position.cursor()).toBeUndefined();
  });

  test('finds its place again in the history that is told once more', () => {
    const position = createFeedPosition();
    position.open(unnamed);
    taken(position, ...texts('a', 'b'));
    taken(position, ...texts('c'));
    expect(position.open(unnamed)).toBe(false);
    expect(taken(position, ...texts('a', 'b', 'c', 'd'))).toEqual(['d']);
    expect(taken(position, ...texts('d'))).toEqual(['d']);
  });
});

import { expect, test } from '@jest/globals';
import { drive, lost, message, opened } from '../../../test/support/session-driver.js';
import { createFeedPosition } from '../feed/feed-position.js';
import type { Opened } from './port.js';

const damage = { unreadable: 1, isCutShort: true };
const answer: Opened = {
  type: 'opened',
  logId: 'log',
  head: 9,
  resumed: true,
  maxTextBytes: undefined,
  maxImageBytes: undefined,
};

test('a feed asks for a batch that is cut short once more, then passes over one message each time', () => {
  const place = createFeedPosition();
  const after = (): number | undefined => place.cursor()?.after;
  place.open({ ...answer, resumed: false });
  place.take([message(1), message(2)], damage);
  expect(after()).toBe(2);
  place.open(answer);
  place.take([], damage);
  expect(after()).toBe(3);
  place.open(answer);
  place.take([], damage);
  expect(after()).toBe(4);
  place.open(answer);
  place.take([message(5)]);
  expect(after()).toBe(5);
  expect(place.isCutShort()).toBe(false);
});

test('a session does the same', () => {
  const session = drive({ type: 'reconnect' }, opened({ head: 9 }));
  const resumes = (messages: readonly ReturnType<typeof message>[]) => {
    session.then({ type: 'received', messages, damage });
    session.then(lost('internal'));
    session.then({ type: 'waited', timer: 'reconnect' });
    const { effects } = session;
    session.then(opened({ head: 9, resumed: true }));
    return effects.flatMap((effect) => (effect.type === 'subscribe' ? [effect.cursor?.after] : []));
  };
  expect(resumes([message(1), message(2)])).toEqual([2]);
  expect(resumes([])).toEqual([3]);
  expect(resumes([])).toEqual([4]);
  expect(resumes([message(5)])).toEqual([5]);
});

test('a first batch of which nothing can be read is not an empty log', () => {
  const place = createFeedPosition();
  place.open({ ...answer, resumed: false });
  place.take([], { unreadable: 3, isCutShort: false });
  expect(place.cursor()?.after).toBe(0);
  const session = drive({ type: 'reconnect' }, opened({ head: 9 }));
  session.then({ type: 'received', messages: [], damage: { unreadable: 3, isCutShort: false } });
  session.then({ type: 'received', messages: [message(4)] });
  expect(session.state.timeline.items.length).toBe(1);
});

test('a history is told where its newest messages cannot be read', () => {
  const place = createFeedPosition();
  place.open({ ...answer, resumed: false });
  place.take([message(6)], { unreadable: 2, isCutShort: false });
  expect(place.hasRead(9)).toBe(false);
  place.take([], { unreadable: 1, isCutShort: false });
  expect(place.hasRead(9)).toBe(true);
});

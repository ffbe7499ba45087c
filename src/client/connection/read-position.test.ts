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

test('a feed requests a batch that was cut short once more, then skips one message per retry', () => {
  const position = createFeedPosition();
  const after = (): number | undefined => position.cursor()?.after;
  position.open({ ...answer, resumed: false });
  position.take([message(1), message(2)], damage);
  expect(after()).toBe(2);
  position.open(answer);
  position.take([], damage);
  expect(after()).toBe(3);
  position.open(answer);
  position.take([], damage);
  expect(after()).toBe(4);
  position.open(answer);
  position.take([message(5)]);
  expect(after()).toBe(5);
  expect(position.isCutShort()).toBe(false);
});

test('a session requests a batch that was cut short once more, then skips one message per retry', () => {
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

test('an unreadable first batch does not count as an empty log', () => {
  const position = createFeedPosition();
  position.open({ ...answer, resumed: false });
  position.take([], { unreadable: 3, isCutShort: false });
  expect(position.cursor()?.after).toBe(0);
  const session = drive({ type: 'reconnect' }, opened({ head: 9 }));
  session.then({ type: 'received', messages: [], damage: { unreadable: 3, isCutShort: false } });
  session.then({ type: 'received', messages: [message(4)] });
  expect(session.state.timeline.items.length).toBe(1);
});

test('a history with unreadable newest messages counts as read', () => {
  const position = createFeedPosition();
  position.open({ ...answer, resumed: false });
  position.take([message(6)], { unreadable: 2, isCutShort: false });
  expect(position.hasRead(9)).toBe(false);
  position.take([], { unreadable: 1, isCutShort: false });
  expect(position.hasRead(9)).toBe(true);
});

import { describe, expect, test } from '@jest/globals';
import { manualClock, settled, type ManualClock } from '../../../test/support/manual-clock.js';
import { appendAll, creation, direct, membership, post } from '../../../test/support/room-appends.js';
import { reader, started } from '../../../test/support/subscribers.js';
import { decodeMessages, encodeUpTo } from '../../shared/codec.js';
import { lobby, roomType } from '../../shared/message.js';
import { announceLimits } from './subscription.js';

/** Subscribers of accounts; `undefined`: one that knows no rooms. */
function subscribed(
  { subscribe, folded }: ReturnType<typeof started>,
  ...accounts: readonly (string | undefined)[]
) {
  return accounts.map((account) => {
    const one = reader();
    const { call } = subscribe(folded.head(), one.write, account);
    return { ...one, call, clear: () => one.batches.splice(0) };
  });
}

/** Batches of messages, without those that only contain a position. */
const filled = (batches: readonly Uint8Array[]): Uint8Array[] =>
  batches.filter((bytes) => decodeMessages(bytes).length > 0);

describe('a subscriber with rooms', () => {
  test('gets the lobby and the rooms of its account, in the order of the log', async () => {
    const running = started();
    await appendAll(running.log, creation('ann', 'plans', { members: ['bob'] }), creation('eve', 'secret'));
    const [ann, bob, eve, base] = subscribed(running, 'ann', 'bob', 'eve', undefined);
    await appendAll(
      running.log,
      post('ann', 1, 'to plans'),
      post('ann', lobby, 'to all'),
      post('eve', 2, 'to secret'),
    );
    await appendAll(running.log, post('bob', 1, 'to plans'));
    expect(ann?.sequences()).toEqual([3, 4, 6]);
    expect(bob?.sequences()).toEqual([3, 4, 6]);
    expect(eve?.sequences()).toEqual([4, 5]);
    expect(base?.sequences()).toEqual([4]);
  });

  test('gets its own of a batch of many rooms, in the order of the log', async () => {
    const running = started();
    const rooms = Array.from({ length: 20 }, (_, index) => index + 1);
    const ownerOf = (room: number): string => (room % 5 === 0 ? 'ann' : 'bob');
    await appendAll(running.log, ...rooms.map((room) => creation(ownerOf(room), `room-${room}`)));
    const [ann] = subscribed(running, 'ann');
    ann?.clear();
    const places = [...rooms.toReversed(), lobby, ...rooms];
    await appendAll(running.log, ...places.map((room) => post(ownerOf(room), room, 'hi')));
    const isOwn = (room: number): boolean => room === lobby || ownerOf(room) === 'ann';
    const own = places.flatMap((room, index) => (isOwn(room) ? [rooms.length + index + 1] : []));
    expect(ann?.sequences()).toEqual(own);
    expect(ann?.batches.length).toBe(1);
  });

  test('gets nothing of an open room before it joins, though it may read its history', async () => {
    const running = started();
    await appendAll(running.log, creation('ann', 'news', { type: roomType.open }));
    const [bob] = subscribed(running, 'bob');
    await appendAll(
      running.log,
      post('ann', 1, 'before'),
      membership('bob', 1, 'joined'),
      post('ann', 1, 'after'),
    );
    expect(bob?.sequences()).toEqual([3, 4]);
  });

  test('gets a room that is created with it at once', async () => {
    const running = started();
    const [ann, bob, eve] = subscribed(running, 'ann', 'bob', 'eve');
    await appendAll(running.log, direct('ann', 'bob'), creation('bob', 'plans', { members: ['ann'] }));
    await appendAll(running.log, post('ann', 1, 'hi'), post('bob', 2, 'hi'));
    expect(ann?.sequences()).toEqual([1, 2, 3, 4]);
    expect(bob?.sequences()).toEqual([1, 2, 3, 4]);
    expect(eve?.sequences()).toEqual([]);
  });

  test.each([
    ['leaves', membership('bob', 1, 'left')],
    ['is removed', membership('ann', 1, 'removed', 'bob')],
    ['is banned', membership('ann', 1, 'banned', 'bob')],
  ])('that %s gets the entry about that and nothing after it', async (_, end) => {
    const running = started();
    await appendAll(running.log, creation('ann', 'plans', { members: ['bob'] }));
    const [ann, bob] = subscribed(running, 'ann', 'bob');
    await appendAll(running.log, post('ann', 1, 'one'));
    await appendAll(running.log, end, post('ann', 1, 'two'), post('ann', lobby, 'three'));
    expect(bob?.sequences()).toEqual([2, 3, 5]);
    expect(ann?.sequences()).toEqual([2, 3, 4, 5]);
  });

  test('that left and was invited again gets what follows the invitation', async () => {
    const running = started();
    await appendAll(running.log, creation('ann', 'plans', { members: ['bob'] }));
    const [bob] = subscribed(running, 'bob');
    for (const one of [
      membership('bob', 1, 'left'),
      post('ann', 1, 'meanwhile'),
      membership('ann', 1, 'invited', 'bob'),
      post('ann', 1, 'again'),
    ])
      await appendAll(running.log, one);
    expect(bob?.sequences()).toEqual([2, 4, 5]);
  });

  test('gets no void entry', async () => {
    const running = started();
    await appendAll(running.log, creation('ann', 'plans'));
    const [ann, eve] = subscribed(running, 'ann', 'eve');
    await appendAll(
      running.log,
      post('eve', 1, 'void'),
      membership('eve', 1, 'joined'),
      post('eve', 9, 'void'),
    );
    expect(filled([...(ann?.batches ?? []), ...(eve?.batches ?? [])])).toEqual([]);
  });

  test('of a second client of the account gets the same, also after the first client is gone', async () => {
    const running = started();
    await appendAll(running.log, creation('ann', 'plans'));
    const [first, second] = subscribed(running, 'ann', 'ann');
    await appendAll(running.log, post('ann', 1, 'one'));
    first?.call.abort(new Error('gone'));
    await appendAll(running.log, post('ann', 1, 'two'));
    expect(first?.sequences()).toEqual([2]);
    expect(second?.sequences()).toEqual([2, 3]);
  });

  test('begins with its position if nothing follows its cursor', async () => {
    const running = started();
    await appendAll(running.log, creation('ann', 'plans'), post('ann', 1, 'one'));
    const bob = reader();
    running.subscribe(0, bob.write, 'bob');
    expect(bob.batches).toEqual([encodeUpTo(2)]);
  });
});

describe('the cost of rooms', () => {
  test('subscribers that cannot see a message are not visited', async () => {
    const running = started();
    await appendAll(running.log, creation('ann', 'plans'));
    const others = subscribed(
      running,
      ...Array.from({ length: 20 }, (_, index) => `user${index}`),
      undefined,
    );
    await settled();
    await appendAll(running.log, post('ann', 1, 'one'), post('ann', 1, 'two'));
    expect(others.map(({ batches }) => batches.length)).toEqual(others.map(() => 1));
    expect(running.subscriptions.lag()).toBe(0);
  });

  test('a single message is the same bytes for all its readers, with rooms and without', async () => {
    const running = started();
    await appendAll(running.log, creation('ann', 'plans', { members: ['bob'] }));
    const readers = subscribed(running, 'ann', undefined, 'bob', undefined);
    await appendAll(running.log, post('ann', 1, 'to plans'));
    await appendAll(running.log, post('ann', lobby, 'to all'));
    expect(new Set(readers.map(({ batches }) => batches.at(-1))).size).toBe(1);
    expect(readers[0]?.batches.at(-2)).toBe(readers[2]?.batches.at(-2));
  });

  test('readers that see the same of several messages share one batch, wherever they began', async () => {
    const running = started();
    await appendAll(
      running.log,
      creation('ann', 'plans', { members: ['bob', 'cem'] }),
      creation('dan', 'other'),
    );
    const [ann, bob, dan] = subscribed(running, 'ann', 'bob', 'dan');
    await appendAll(running.log, post('dan', 2, 'only dan'));
    const [cem] = subscribed(running, 'cem');
    await settled();
    for (const one of [ann, bob, cem, dan]) one?.clear();
    for (const one of [post('ann', 1, 'a'), post('ann', lobby, 'b'), post('dan', 2, 'c')])
      void running.log.append(one);
    await settled();
    expect(ann?.sequences()).toEqual([4, 5]);
    expect(dan?.sequences()).toEqual([5, 6]);
    expect(new Set([ann, bob, cem].map((one) => one?.batches[0])).size).toBe(1);
  });

  test('a reader that is slow in one room delays no other reader, and gets the rest later', async () => {
    const running = started();
    await appendAll(running.log, creation('ann', 'plans', { members: ['bob'] }));
    const slow = reader({ slow: true });
    running.subscribe(1, slow.write, 'bob');
    const [ann, base] = subscribed(running, 'ann', undefined);
    for (let count = 0; count < 10; count++) {
      await appendAll(running.log, post('ann', 1, 'plans'), post('ann', lobby, 'all'));
    }
    expect(slow.batches).toHaveLength(1);
    expect(ann?.sequences()).toHaveLength(20);
    expect(base?.sequences()).toHaveLength(10);
    expect(running.subscriptions.lag()).toBe(20);
    slow.takeAll();
    expect(slow.sequences()).toEqual(ann?.sequences());
    slow.takeAll();
    expect(running.subscriptions.lag()).toBe(0);
  });

  test('fails if messages were removed before it was sent them, so that its client resumes', async () => {
    let oldest = 1;
    const running = started((log) => ({ ...log, oldest: () => oldest }));
    await appendAll(running.log, creation('ann', 'plans'));
    const slow = reader({ slow: true });
    const { ended } = running.subscribe(1, slow.write, 'ann');
    await appendAll(running.log, post('ann', 1, 'removed'), post('ann', 1, 'kept'));
    oldest = 3;
    slow.takeAll();
    expect(await ended).toMatchObject({ code: 'store-unavailable' });
    expect(slow.sequences()).toEqual([]);
  });
});

describe('the position of a subscriber that sees no new entry', () => {
  async function withQuietReader(
    use: (running: ReturnType<typeof started>, clock: ManualClock) => Promise<void>,
  ) {
    const clock = manualClock();
    const running = started((log) => log, clock);
    await appendAll(running.log, creation('ann', 'plans'));
    await use(running, clock);
  }

  test('is sent after 1,000 entries', async () => {
    await withQuietReader(async (running) => {
      const [bob, ann] = subscribed(running, 'bob', 'ann');
      await settled();
      bob?.clear();
      for (let count = 0; count < 9; count++) {
        for (let one = 0; one < 99; one++) await running.log.append(post('ann', 1, 'x'));
        await appendAll(running.log, post('ann', 1, 'x'));
      }
      expect(bob?.batches).toEqual([]);
      await appendAll(running.log, ...Array.from({ length: 100 }, () => post('ann', 1, 'x')));
      expect(bob?.batches).toHaveLength(1);
      expect(ann?.sequences()).toHaveLength(1000);
    });
  });

  test('is sent within 30 s, and only once while nothing else happens', async () => {
    await withQuietReader(async (running, clock) => {
      const [bob] = subscribed(running, 'bob');
      await settled();
      bob?.clear();
      await appendAll(running.log, post('ann', 1, 'x'));
      await clock.advance(2 * announceLimits.intervalMs);
      expect(bob?.batches).toEqual([encodeUpTo(2)]);
      await clock.advance(10 * announceLimits.intervalMs);
      expect(bob?.batches).toHaveLength(1);
      expect(clock.pending()).toBe(0);
      await appendAll(running.log, post('ann', 1, 'x'), post('ann', lobby, 'y'));
      expect(bob?.sequences()).toEqual([4]);
      await clock.advance(10 * announceLimits.intervalMs);
      expect(filled(bob?.batches ?? [])).toHaveLength(1);
      expect(bob?.batches).toHaveLength(2);
    });
  });

  test('never makes a subscriber miss an entry that arrives at the same time', async () => {
    await withQuietReader(async (running, clock) => {
      const readers = subscribed(running, ...Array.from({ length: 100 }, (_, index) => `user${index}`));
      for (let count = 0; count < 5; count++) {
        await appendAll(running.log, post('ann', 1, 'x'));
        void running.log.append(post('ann', lobby, 'y'));
        await clock.advance(announceLimits.intervalMs);
        void running.log.append(post('ann', lobby, 'y'));
        await clock.advance(announceLimits.intervalMs);
      }
      await settled();
      const expected = readers[0]?.sequences();
      expect(expected).toHaveLength(10);
      for (const { sequences } of readers) expect(sequences()).toEqual(expected);
    });
  });
});

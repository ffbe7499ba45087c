import { expect, test } from '@jest/globals';
import { manualClock } from '../../../test/support/manual-clock.js';
import { createByteBudget } from './byte-budget.js';
import { createOutgoingMessages, evictAfterMs, type Reader, type SpaceGrant } from './outgoing-messages.js';

const megabyte = 1_000_000;

function opened() {
  const clock = manualClock();
  const budget = createByteBudget({
    totalBytes: 10 * megabyte,
    ownerBytes: 8 * megabyte,
    smallReserveBytes: 0,
    maxWaitingPerOwner: Infinity,
  });
  const outgoing = createOutgoingMessages(budget, clock);
  const evicted: string[] = [];
  const reader = (owner: string): Reader => ({
    owner,
    lastProgressMs: clock.monotonicMs(),
    evict: () => evicted.push(owner),
  });
  return { clock, budget, outgoing, evicted, reader };
}

const message = (megabytes = 4): Uint8Array => new Uint8Array(megabytes * megabyte);

test('a message that many readers have is paid for once, until the last of them has taken it', () => {
  const { budget, outgoing, reader } = opened();
  const image = message();
  const releases = ['ann', 'bob', 'cid'].map((owner) => outgoing.hold(image, reader(owner)));
  expect(budget.heldBytes()).toBe(image.length);
  releases[0]?.();
  releases[0]?.();
  releases[1]?.();
  expect(budget.heldBytes()).toBe(image.length);
  releases[2]?.();
  expect(budget.heldBytes()).toBe(0);
});

test('a reader whose owner has its share under way waits until one of them is taken', () => {
  const { outgoing, reader } = opened();
  const first = outgoing.hold(message(), reader('ann'));
  outgoing.hold(message(), reader('ann'));
  const next = reader('ann');
  expect(outgoing.hold(message(), next)).toBeUndefined();
  let room: SpaceGrant | undefined;
  outgoing.waitForSpace(next, 4 * megabyte, (granted) => (room = granted));
  expect(room).toBeUndefined();
  first?.();
  expect(room).toMatchObject({ bytes: 4 * megabyte });
  expect(outgoing.hold(message(), next, room)).toBeDefined();
});

test('room that was waited for is used up, also by a message that others have already', () => {
  const { budget, outgoing, reader } = opened();
  const image = message();
  const shared = outgoing.hold(image, reader('bob'));
  const room: SpaceGrant = {
    bytes: image.length,
    release: budget.reserve('ann', image.length) ?? (() => undefined),
  };
  const release = outgoing.hold(image, reader('ann'), room);
  expect(budget.heldBytes()).toBe(image.length);
  shared?.();
  release?.();
  expect(budget.heldBytes()).toBe(0);
});

test('a reader that takes nothing for ten seconds is evicted once its owner waits', async () => {
  const { clock, outgoing, evicted, reader } = opened();
  outgoing.hold(message(), reader('ann'));
  const slow = reader('ann');
  outgoing.hold(message(), slow);
  outgoing.hold(message(1), reader('bob'));
  await clock.advance(evictAfterMs * 2);
  expect(evicted).toEqual([]);
  slow.lastProgressMs = clock.monotonicMs();
  outgoing.waitForSpace(reader('ann'), 4 * megabyte, () => undefined);
  await clock.advance(1000);
  expect(evicted).toEqual(['ann']);
});

test('a message that one of its readers still takes is evicted from nobody', async () => {
  const { clock, outgoing, evicted, reader } = opened();
  const image = message(8);
  outgoing.hold(image, reader('ann'));
  const quick = reader('bob');
  outgoing.hold(image, quick);
  outgoing.waitForSpace(reader('cid'), 4 * megabyte, () => undefined);
  for (let second = 0; second < 15; second++) {
    quick.lastProgressMs = clock.monotonicMs();
    await clock.advance(1000);
  }
  expect(evicted).toEqual([]);
  await clock.advance(evictAfterMs + 1000);
  expect(evicted.slice(0, 2)).toEqual(['ann', 'bob']);
});

import { expect, test } from '@jest/globals';
import { manualClock } from '../../../test/support/manual-clock.js';
import { createByteBudget, type Reservation } from './byte-budget.js';
import { createOutgoingMessages, evictAfterMs, type Reader } from './outgoing-messages.js';

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

test('a message to many readers is counted once, until the last of them has accepted it', () => {
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

test('a reader whose owner uses its share waits until a message is accepted', () => {
  const { outgoing, reader } = opened();
  const first = outgoing.hold(message(), reader('ann'));
  outgoing.hold(message(), reader('ann'));
  const next = reader('ann');
  expect(outgoing.hold(message(), next)).toBeUndefined();
  let reserved: Reservation | undefined;
  outgoing.wait(next, 4 * megabyte, (granted) => (reserved = granted));
  expect(reserved).toBeUndefined();
  first?.();
  expect(reserved?.bytes()).toBe(4 * megabyte);
  expect(outgoing.hold(message(), next, reserved)).toBeDefined();
});

test('a reservation is released if others already receive the message', () => {
  const { budget, outgoing, reader } = opened();
  const image = message();
  const shared = outgoing.hold(image, reader('bob'));
  const ann = reader('ann');
  const release = outgoing.hold(image, ann, outgoing.reserve(ann, image.length));
  expect(budget.heldBytes()).toBe(image.length);
  shared?.();
  release?.();
  expect(budget.heldBytes()).toBe(0);
});

test('a reader without progress for 10 s is evicted once its owner waits', async () => {
  const { clock, outgoing, evicted, reader } = opened();
  outgoing.hold(message(), reader('ann'));
  const slow = reader('ann');
  outgoing.hold(message(), slow);
  outgoing.hold(message(1), reader('bob'));
  await clock.advance(evictAfterMs * 2);
  expect(evicted).toEqual([]);
  slow.lastProgressMs = clock.monotonicMs();
  outgoing.wait(reader('ann'), 4 * megabyte, () => undefined);
  await clock.advance(1000);
  expect(evicted).toEqual(['ann']);
});

test('no reader is evicted while one reader of the message makes progress', async () => {
  const { clock, outgoing, evicted, reader } = opened();
  const image = message(8);
  outgoing.hold(image, reader('ann'));
  const quick = reader('bob');
  outgoing.hold(image, quick);
  outgoing.wait(reader('cid'), 4 * megabyte, () => undefined);
  for (let second = 0; second < 15; second++) {
    quick.lastProgressMs = clock.monotonicMs();
    await clock.advance(1000);
  }
  expect(evicted).toEqual([]);
  await clock.advance(evictAfterMs + 1000);
  expect(evicted.slice(0, 2)).toEqual(['ann', 'bob']);
});

test('a reservation for more than the message is reduced to it', () => {
  const { budget, outgoing, reader } = opened();
  const ann = reader('ann');
  outgoing.hold(message(1), ann, outgoing.reserve(ann, 4 * megabyte));
  expect(budget.heldBytes()).toBe(megabyte);
});

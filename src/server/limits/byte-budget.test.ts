import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { settled } from '../../../test/support/manual-clock.js';
import { createByteBudget, smallBytes, type Reservation } from './byte-budget.js';

const limits = {
  totalBytes: 1_000_000,
  ownerBytes: 400_000,
  smallReserveBytes: 100_000,
  maxWaitingPerOwner: 2,
};

test('an owner can reserve its share without affecting others', () => {
  const budget = createByteBudget(limits);
  expect(budget.reserve('ann', 300_000)).toBeDefined();
  expect(budget.reserve('ann', 200_000)).toBeUndefined();
  expect(budget.exceedsShare('ann', 200_000)).toBe(true);
  expect(budget.reserve('bob', 200_000)).toBeDefined();
});

test('a request larger than the share is allowed while its owner has nothing reserved', () => {
  const budget = createByteBudget(limits);
  const reservation = budget.reserve('ann', 900_000);
  expect(reservation).toBeDefined();
  reservation?.release();
  reservation?.release();
  expect(budget.heldBytes()).toBe(0);
});

test('a small request fits when large ones use the whole total', () => {
  const budget = createByteBudget(limits);
  for (const owner of ['ann', 'bob', 'cid']) budget.reserve(owner, 330_000);
  expect(budget.reserve('dan', smallBytes + 1)).toBeUndefined();
  expect(budget.reserve('dan', smallBytes)).toBeDefined();
});

test('waiting requests are served in order, and an owner over its share delays no other', async () => {
  const budget = createByteBudget(limits);
  const order: string[] = [];
  const first = budget.reserve('ann', 400_000);
  budget.reserve('bob', 400_000);
  budget.wait('ann', 300_000, () => order.push('ann'));
  budget.wait('cid', 200_000, () => order.push('cid'));
  await settled();
  expect(order).toEqual(['cid']);
  expect([...budget.waiting()]).toEqual([['ann', 300_000]]);
  first?.release();
  expect(order).toEqual(['cid', 'ann']);
});

test('an owner with the most waiting requests is rejected another one', () => {
  const budget = createByteBudget(limits);
  budget.reserve('ann', 400_000);
  const stop = budget.wait('ann', 400_000, () => undefined);
  budget.wait('ann', 400_000, () => undefined);
  const rejected = () => budget.wait('ann', 400_000, () => undefined);
  expect(rejected).toThrow(expect.objectContaining({ code: 'rate-limited' }));
  stop();
  expect(rejected).not.toThrow();
});

test('the budget never exceeds the total and the reserve, and every waiting request is served', async () => {
  const step = fc.record({
    owner: fc.constantFrom('ann', 'bob', 'cid', 'dan'),
    bytes: fc.integer({ min: 1, max: 300_000 }),
    releases: fc.nat(3),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const budget = createByteBudget({ ...limits, maxWaitingPerOwner: Infinity });
      const held: Reservation[] = [];
      let asked = 0;
      let given = 0;
      const got = (reservation: Reservation): void => {
        given++;
        held.push(reservation);
      };
      for (const { owner, bytes, releases } of steps) {
        asked++;
        const release = budget.reserve(owner, bytes);
        if (release) got(release);
        else budget.wait(owner, bytes, got);
        expect(budget.heldBytes()).toBeLessThanOrEqual(limits.totalBytes + limits.smallReserveBytes);
        for (let count = 0; count < releases; count++) held.shift()?.release();
      }
      await settled();
      while (held.length > 0) held.shift()?.release();
      expect(given).toBe(asked);
      expect(budget.heldBytes()).toBe(0);
    }),
  );
});

test('a reservation that shrinks frees memory for waiting requests', () => {
  const budget = createByteBudget(limits);
  const reservation = budget.reserve('ann', 400_000);
  const order: string[] = [];
  budget.wait('ann', 300_000, () => order.push('ann'));
  reservation?.shrinkTo(150_000);
  expect(order).toEqual([]);
  reservation?.shrinkTo(100_000);
  expect(order).toEqual(['ann']);
  expect(budget.heldBytes()).toBe(400_000);
});

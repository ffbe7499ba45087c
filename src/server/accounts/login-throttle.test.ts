import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { manualClock, settled } from '../../../test/support/manual-clock.js';
import { createThrottle, type Attempt } from './login-throttle.js';

const owner = { address: '192.0.2.1', user: 'ann', known: true };
const stranger = (address: string, user: string | undefined = 'ann'): Attempt => ({
  address,
  user,
  known: false,
});

/** Records when each attempt was admitted, in seconds from the start. */
function observed() {
  const clock = manualClock();
  const throttle = createThrottle(clock);
  const start = clock.monotonicMs();
  const admitted: number[] = [];
  const refused: unknown[] = [];

  async function attempt(who: Attempt, fails: boolean): Promise<void> {
    try {
      const release = await throttle.acquire(who);
      admitted.push((clock.monotonicMs() - start) / 1000);
      release(fails);
    } catch (error) {
      refused.push(error);
    }
  }
  return { clock, throttle, admitted, refused, attempt };
}

describe('login throttle', () => {
  test('after five failures an address waits 1, 2, 4, 8, 16, 30 and 30 seconds, one attempt at a time', async () => {
    const { clock, admitted, attempt } = observed();
    // Each for another user: failures count per address.
    const attempts = Array.from({ length: 12 }, (_, index) =>
      attempt(stranger('192.0.2.9', `user-${index}`), true),
    );
    await clock.advance(200_000);
    await Promise.all(attempts);
    expect(admitted).toEqual([0, 0, 0, 0, 0, 1, 3, 7, 15, 31, 61, 91]);
  });

  test.each([-3_600_000, 3_600_000])('a wall clock that jumps by %d ms changes no delay', async (jump) => {
    const { clock, admitted, attempt } = observed();
    for (let failure = 0; failure < 5; failure++) await attempt(stranger('192.0.2.9'), true);
    clock.jump(jump);
    const waiting = attempt(stranger('192.0.2.9'), false);
    await clock.advance(999);
    expect(admitted).toHaveLength(5);
    await clock.advance(1);
    await waiting;
    expect(admitted).toHaveLength(6);
    clock.jump(-jump);
    await clock.advance(60_000);
    await attempt(stranger('192.0.2.9'), false);
    expect(admitted).toHaveLength(7);
  });

  test('at most five concurrent attempts of an address are in progress', async () => {
    const { throttle } = observed();
    let inside = 0;
    const leaves: ((failed: boolean) => void)[] = [];
    for (let count = 0; count < 10; count++) {
      void throttle.acquire(stranger('192.0.2.9', `user-${count}`)).then((release) => {
        inside++;
        leaves.push(release);
      });
    }
    await settled();
    expect(inside).toBe(5);
    for (const release of leaves.splice(0)) release(true);
    await settled();
    expect(inside).toBe(5);
  });

  test('an attempt behind sixteen waiting ones is rejected with a retry time', async () => {
    const { clock, admitted, refused, attempt } = observed();
    const attempts = Array.from({ length: 40 }, () => attempt(stranger('192.0.2.9', undefined), true));
    await settled();
    expect(admitted).toHaveLength(5);
    expect(refused).toHaveLength(40 - 5 - 16);
    expect(refused[0]).toMatchObject({ code: 'rate-limited', retryAfterMs: 1000 });
    await attempt(stranger('192.0.2.9', undefined), true);
    expect(refused).toHaveLength(40 - 5 - 16 + 1);
    await clock.advance(600_000);
    await Promise.all(attempts);
    expect(admitted).toHaveLength(5 + 16);
  });

  test('any number of successful attempts is admitted at once', async () => {
    const { admitted, refused, attempt } = observed();
    await Promise.all(
      Array.from({ length: 200 }, (_, index) => attempt(stranger('192.0.2.9', `user-${index}`), false)),
    );
    expect(admitted).toEqual(Array<number>(200).fill(0));
    expect(refused).toEqual([]);
  });

  test('a success neither clears earlier failures nor delays later attempts', async () => {
    const { clock, admitted, attempt } = observed();
    for (let count = 0; count < 5; count++) await attempt(stranger('192.0.2.9', 'bob'), true);
    const right = attempt(stranger('192.0.2.9', 'bob'), false);
    const next = attempt(stranger('192.0.2.9', 'bob'), true);
    await clock.advance(10_000);
    await Promise.all([right, next]);
    expect(admitted.slice(5)).toEqual([1, 1]);
  });

  test('an address is not delayed by failures of another', async () => {
    const { admitted, attempt } = observed();
    for (let count = 0; count < 5; count++) await attempt(stranger('192.0.2.9', 'bob'), true);
    await attempt(stranger('192.0.2.10', 'bob'), true);
    expect(admitted).toHaveLength(6);
  });

  test('after twenty failures for a user, unknown addresses wait and known ones do not', async () => {
    const { clock, admitted, attempt } = observed();
    for (let count = 0; count < 20; count++) await attempt(stranger(`192.0.2.${100 + count}`), true);
    const first = attempt(stranger('198.51.100.1'), true);
    const second = attempt(stranger('198.51.100.2'), true);
    await attempt(owner, false);
    expect(admitted).toHaveLength(21);
    await attempt(stranger('198.51.100.3', 'bob'), true);
    expect(admitted).toHaveLength(22);
    await clock.advance(10_000);
    await Promise.all([first, second]);
    expect(admitted.slice(22)).toEqual([1, 3]);
  });

  test('failures from a known address count for the user', async () => {
    const { clock, admitted, attempt } = observed();
    for (let count = 0; count < 20; count++) {
      await attempt({ ...owner, address: `192.0.2.${100 + count}` }, true);
    }
    const waits = attempt(stranger('198.51.100.1'), false);
    await settled();
    expect(admitted).toHaveLength(20);
    await clock.advance(1000);
    await waits;
  });

  test('attempts for a throttled user do not delay another user at the same address', async () => {
    const { clock, admitted, attempt } = observed();
    for (let count = 0; count < 20; count++) await attempt(stranger(`192.0.2.${100 + count}`), true);
    const waiting = Array.from({ length: 5 }, () => attempt(stranger('203.0.113.1'), true));
    await settled();
    const before = admitted.length;
    await attempt(stranger('203.0.113.1', 'bob'), false);
    expect(admitted).toHaveLength(before + 1);
    await clock.advance(600_000);
    await Promise.all(waiting);
  });

  test("attempts at a throttled address do not delay the user's attempts from elsewhere", async () => {
    const { clock, admitted, attempt } = observed();
    for (let count = 0; count < 8; count++) {
      const guess = attempt(stranger('203.0.113.1'), true);
      await clock.advance(30_000);
      await guess;
    }
    const waiting = Array.from({ length: 16 }, () => attempt(stranger('203.0.113.1'), true));
    await settled();
    const before = admitted.length;
    await attempt(stranger('198.51.100.1'), false);
    expect(admitted).toHaveLength(before + 1);
    await clock.advance(600_000);
    await Promise.all(waiting);
  });

  test.each([1, 2])(
    'another user at the address logs in at once while %i users are being guessed',
    async (guessed) => {
      const { clock, throttle, admitted, attempt } = observed();
      const names = Array.from({ length: guessed }, (_, index) => `victim-${index}`);
      const guesses = Array.from({ length: 200 }, (_, index) =>
        attempt(stranger('203.0.113.1', names[index % guessed]), true),
      );
      await clock.advance(90_000);
      const more = names.flatMap((name) =>
        Array.from({ length: 16 }, () => attempt(stranger('203.0.113.1', name), true)),
      );
      await settled();
      const before = admitted.length;
      await attempt(stranger('203.0.113.1', 'bob'), false);
      expect(admitted).toHaveLength(before + 1);
      throttle.close();
      await Promise.all([...guesses, ...more]);
    },
  );

  test('names take turns at a throttled address, and the longest queue loses attempts', async () => {
    const { clock, refused, attempt } = observed();
    const order: string[] = [];
    const guess = async (name: string): Promise<void> => {
      await attempt(stranger('203.0.113.1', name), true);
      order.push(name);
    };
    for (const name of ['a', 'b', 'c', 'd', 'e']) await guess(name);
    order.length = 0;
    const all = [...Array.from({ length: 16 }, () => guess('ann')), guess('bob'), guess('cid')];
    await settled();
    expect(refused).toHaveLength(2);
    await clock.advance(15_000);
    expect(order.slice(0, 5)).toEqual(['ann', 'ann', 'ann', 'bob', 'cid']);
    await clock.advance(1_200_000);
    await Promise.all(all);
  });

  test('a known user goes first while many names are tried from the address', async () => {
    const { clock, admitted, attempt } = observed();
    const spray = Array.from({ length: 60 }, (_, index) =>
      attempt(stranger('203.0.113.1', `name-${index}`), true),
    );
    await clock.advance(20_000);
    const more = Array.from({ length: 20 }, (_, index) =>
      attempt(stranger('203.0.113.1', `other-${index}`), true),
    );
    await settled();
    const before = admitted.length;
    const known = attempt({ address: '203.0.113.1', user: 'ann', known: true }, false);
    await clock.advance(16_000);
    await known;
    expect(admitted.slice(before)).toHaveLength(2);
    await clock.advance(2_000_000);
    await Promise.all([...spray, ...more]);
  });

  test('no choice of names and pauses allows an address more guesses than a single name', async () => {
    // The maximum for one name: nine guesses in 15 seconds, then a minute of silence.
    const maxGuesses = (seconds: number): number => 10 + (seconds * 9) / 75;
    const guess = fc.record({
      name: fc.nat(11),
      count: fc.integer({ min: 1, max: 6 }),
      pause: fc.constantFrom(0, 0, 0, 0.1, 1, 2, 5, 15, 30, 59, 60),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(guess, { minLength: 20, maxLength: 80 }), async (guesses) => {
        const { clock, throttle, admitted, attempt } = observed();
        const all: Promise<void>[] = [];
        for (const { name, count, pause } of guesses) {
          for (let each = 0; each < count; each++) {
            all.push(attempt(stranger('203.0.113.1', `name-${name}`), true));
          }
          await clock.advance(pause * 1000);
        }
        throttle.close();
        await Promise.all(all);
        const tooMany = admitted.flatMap((from, first) =>
          admitted.filter((to, last) => last >= first && last - first + 1 > maxGuesses(to - from)),
        );
        expect(tooMany).toEqual([]);
      }),
      { numRuns: 20 },
    );
  });

  test('an attempt rejected in the queue of its user frees its place at the address', async () => {
    const { clock, admitted, refused, attempt } = observed();
    for (let count = 0; count < 20; count++) await attempt(stranger(`192.0.2.${100 + count}`), true);
    const waiting = Array.from({ length: 16 }, (_, index) => attempt(stranger(`198.51.100.${index}`), true));
    for (let count = 0; count < 10; count++) await attempt(stranger('203.0.113.1'), true);
    expect(refused).toHaveLength(10);
    await attempt(stranger('203.0.113.1', 'bob'), false);
    expect(admitted).toHaveLength(21);
    await clock.advance(600_000);
    await Promise.all(waiting);
  });

  test('waiting attempts are rejected at shutdown, and no timer remains', async () => {
    const { clock, throttle, refused, attempt } = observed();
    for (let count = 0; count < 5; count++) await attempt(stranger('192.0.2.9', 'bob'), true);
    const waits = attempt(stranger('192.0.2.9', 'bob'), true);
    await settled();
    throttle.close();
    await waits;
    await attempt(stranger('192.0.2.10', 'bob'), true);
    expect(refused).toMatchObject([{ code: 'shutting-down' }, { code: 'shutting-down' }]);
    expect(clock.pending()).toBe(0);
  });
});

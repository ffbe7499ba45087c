import { describe, expect, test } from '@jest/globals';
import { manualClock, settled } from '../../../test/support/manual-clock.js';
import { createThrottle, type Attempt } from './throttle.js';

const owner = { address: '192.0.2.1', user: 'ann', known: true };
const stranger = (address: string, user: string | undefined = 'ann'): Attempt => ({
  address,
  user,
  known: false,
});

/** Sends attempts through a throttle and notes when each was let in, in seconds from the start. */
function observed() {
  const clock = manualClock();
  const throttle = createThrottle(clock);
  const start = clock.monotonicMs();
  const admitted: number[] = [];
  const refused: unknown[] = [];

  async function attempt(who: Attempt, fails: boolean): Promise<void> {
    try {
      const leave = await throttle.enter(who);
      admitted.push((clock.monotonicMs() - start) / 1000);
      leave(fails);
    } catch (error) {
      refused.push(error);
    }
  }
  return { clock, throttle, admitted, refused, attempt };
}

describe('the throttle', () => {
  test('after five failures of an address its attempts wait 1, 2, 4, 8, 16, 30 and 30 seconds, in one line', async () => {
    const { clock, admitted, attempt } = observed();
    // Each for another user: it is the address that counts.
    const attempts = Array.from({ length: 12 }, (_, index) =>
      attempt(stranger('192.0.2.9', `user-${index}`), true),
    );
    await clock.advance(200_000);
    await Promise.all(attempts);
    expect(admitted).toEqual([0, 0, 0, 0, 0, 1, 3, 7, 15, 31, 61, 91]);
  });

  test.each([-3_600_000, 3_600_000])(
    'a wall clock that jumps by %d ms lets nobody off and keeps nobody out',
    async (jump) => {
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
    },
  );

  test('attempts at once gain nothing: five are under way until it is known how they end', async () => {
    const { throttle } = observed();
    let inside = 0;
    const leaves: ((failed: boolean) => void)[] = [];
    for (let count = 0; count < 10; count++) {
      void throttle.enter(stranger('192.0.2.9', `user-${count}`)).then((leave) => {
        inside++;
        leaves.push(leave);
      });
    }
    await settled();
    expect(inside).toBe(5);
    for (const leave of leaves.splice(0)) leave(true);
    await settled();
    expect(inside).toBe(5);
  });

  test('with sixteen waiting the next is refused unchecked and told when to come back', async () => {
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

  test('any number of attempts that succeed are all let in at once, none refused', async () => {
    const { admitted, refused, attempt } = observed();
    await Promise.all(
      Array.from({ length: 200 }, (_, index) => attempt(stranger('192.0.2.9', `user-${index}`), false)),
    );
    expect(admitted).toEqual(Array<number>(200).fill(0));
    expect(refused).toEqual([]);
  });

  test('a success does not clear the failures before it', async () => {
    const { clock, admitted, attempt } = observed();
    for (let count = 0; count < 5; count++) await attempt(stranger('192.0.2.9', 'bob'), true);
    const right = attempt(stranger('192.0.2.9', 'bob'), false);
    const next = attempt(stranger('192.0.2.9', 'bob'), true);
    await clock.advance(10_000);
    await Promise.all([right, next]);
    expect(admitted.slice(5)).toEqual([1, 2]);
  });

  test('another address does not wait', async () => {
    const { admitted, attempt } = observed();
    for (let count = 0; count < 5; count++) await attempt(stranger('192.0.2.9', 'bob'), true);
    await attempt(stranger('192.0.2.10', 'bob'), true);
    expect(admitted).toHaveLength(6);
  });

  test('after twenty failures for a user strangers wait in one line, its own addresses do not', async () => {
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

  test('failures from a known address count for the user too', async () => {
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

  test('one refused in the line for its user gives its place in that of its address back', async () => {
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

  test('what waits when the server stops is refused, and no timer is left', async () => {
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

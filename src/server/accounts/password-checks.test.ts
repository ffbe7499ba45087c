import { describe, expect, test } from '@jest/globals';
import { settled } from '../../../test/support/manual-clock.js';
import { createPasswordChecks } from './password-checks.js';
import { randomHash, type PasswordHashing } from './password-hash.js';

const cost = { logN: 1, r: 1, p: 1 };
const anyHash = randomHash(cost);

/** Hashing that ends on request, so that tests can see what runs concurrently. */
function heldHashing() {
  const started: string[] = [];
  const ends: (() => void)[] = [];
  const held = <Result>(what: string, result: Result) => {
    started.push(what);
    return new Promise<Result>((resolve) => ends.push(() => resolve(result)));
  };
  const hashing: PasswordHashing = {
    cost,
    hash: (password) => held(`hash ${password}`, anyHash),
    verify: (password) => held(password, password === 'right'),
  };
  return { hashing, started, ends };
}

describe('password checks', () => {
  test('two checks run at once, the others in the order of their arrival', async () => {
    const { hashing, started, ends } = heldHashing();
    const checks = createPasswordChecks(hashing);
    const results = ['a', 'b', 'c', 'd'].map((password) => checks.check(password, password, anyHash));
    expect(started).toEqual(['a', 'b']);
    ends[1]?.();
    await settled();
    expect(started).toEqual(['a', 'b', 'c']);
    ends[0]?.();
    ends[2]?.();
    await settled();
    ends[3]?.();
    expect(await Promise.all(results)).toEqual([false, false, false, false]);
  });

  test('concurrent checks of the same pair share one hash, a later check does not', async () => {
    const { hashing, started, ends } = heldHashing();
    const checks = createPasswordChecks(hashing);
    const results = Array.from({ length: 100 }, () => checks.check('pair', 'right', anyHash));
    expect(started).toEqual(['right']);
    ends[0]?.();
    expect(await Promise.all(results)).toEqual(Array<boolean>(100).fill(true));
    void checks.check('pair', 'right', anyHash);
    expect(started).toEqual(['right', 'right']);
  });

  test('hashing a new password runs after all waiting checks', async () => {
    const { hashing, started, ends } = heldHashing();
    const checks = createPasswordChecks(hashing);
    for (const password of ['a', 'b']) void checks.check(password, password, anyHash);
    void checks.hash('h');
    void checks.check('c', 'c', anyHash);
    ends[0]?.();
    await settled();
    expect(started).toEqual(['a', 'b', 'c']);
    ends[1]?.();
    await settled();
    expect(started).toEqual(['a', 'b', 'c', 'hash h']);
  });

  test('a check that fails does not block the others', async () => {
    const failing: PasswordHashing = {
      cost,
      hash: () => Promise.reject(new Error('no memory')),
      verify: () => Promise.reject(new Error('no memory')),
    };
    const checks = createPasswordChecks(failing);
    const results = await Promise.allSettled(
      Array.from({ length: 5 }, (_, index) => checks.check(`${index}`, 'x', anyHash)),
    );
    expect(results.map(({ status }) => status)).toEqual(Array<string>(5).fill('rejected'));
  });
});

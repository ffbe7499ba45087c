import { expect, test } from '@jest/globals';
import { manualClock, settled } from '../../../../test/support/manual-clock.js';
import { appendTimeoutMs } from '../appender.js';
import { createGroupCommit } from './group-commit.js';

/** A group commit whose writes end when `endWrite` is called. */
function started() {
  const groups: number[] = [];
  const ends: (() => void)[] = [];
  const clock = manualClock();
  const commits = createGroupCommit<number, number>({
    clock,
    describe: String,
    sizeOf: () => 1,
    write: (group) => {
      groups.push(group.length);
      return new Promise((resolve) => ends.push(() => resolve(group)));
    },
    onFailed: () => undefined,
    onStuck: () => undefined,
    onUnstuck: () => undefined,
  });
  return { clock, commits, groups, endWrite: () => ends.shift()?.() };
}

test('items of one turn of the event loop share a flush, and so do items added during a flush', async () => {
  const { commits, groups, endWrite } = started();
  const first = Array.from({ length: 64 }, (_, item) => commits.add(item));
  await settled();
  expect(groups).toEqual([64]);
  const second: Promise<number>[] = [];
  for (let item = 0; item < 64; item++) {
    second.push(commits.add(item));
    await settled();
  }
  expect(groups).toEqual([64]);
  endWrite();
  await settled();
  expect(groups).toEqual([64, 64]);
  endWrite();
  const answered = await Promise.all([...first, ...second]);
  expect(answered).toEqual([...Array(64).keys(), ...Array(64).keys()]);
});

test.each([-3_600_000, 3_600_000])(
  'a waiting item times out on time although the wall clock jumps by %d ms',
  async (jump) => {
    const { clock, commits, endWrite } = started();
    const first = commits.add(1);
    await settled();
    let rejection: unknown;
    commits.add(2).catch((error: unknown) => (rejection = error));
    clock.jump(jump);
    endWrite();
    await first;
    await clock.advance(appendTimeoutMs - 1);
    expect(rejection).toBeUndefined();
    await clock.advance(1);
    expect(rejection).toMatchObject({ code: 'store-unavailable' });
    endWrite();
  },
);

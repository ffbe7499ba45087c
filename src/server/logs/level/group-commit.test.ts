import { expect, test } from '@jest/globals';
import { manualClock, settled } from '../../../../test/support/manual-clock.js';
import { createGroupCommit } from './group-commit.js';

/** A group commit whose writes end when they are told to. */
function started() {
  const groups: number[] = [];
  const ends: (() => void)[] = [];
  const commits = createGroupCommit<number, number>({
    clock: manualClock(),
    sizeOf: () => 1,
    write: (group) => {
      groups.push(group.length);
      return new Promise((resolve) => ends.push(() => resolve(group)));
    },
    onFailed: () => undefined,
    onStuck: () => undefined,
    onUnstuck: () => undefined,
  });
  return { commits, groups, endWrite: () => ends.shift()?.() };
}

test('what comes in one turn of the event loop costs one flush, and so does what comes during a flush', async () => {
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

import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { createUploadQueue } from './upload-queue.js';

/** A queue and its writes, one entry per turn. */
function observed() {
  const written: string[] = [];
  const queue = createUploadQueue((bytes) => void written.push(bytes));
  /** Runs turns until nothing more is written. */
  async function untilQuiet(): Promise<string[]> {
    for (let before = -1; before !== written.length;) {
      before = written.length;
      await nextTurn();
      await nextTurn();
    }
    return written;
  }
  return { queue, written, untilQuiet };
}

const pieces = Array.from({ length: 10 }, (_, index) => String(index).repeat(4096));

test('the queue writes a few whole pieces per turn, in order', async () => {
  const { queue, written, untilQuiet } = observed();
  let isDone = false;
  queue.add(pieces, () => (isDone = true));
  expect(written).toEqual([]);
  await nextTurn();
  expect(written).toEqual([pieces.slice(0, 4).join('')]);
  expect(isDone).toBe(false);
  expect((await untilQuiet()).join('')).toBe(pieces.join(''));
  expect(written).toHaveLength(3);
  expect(isDone).toBe(true);
});

test('two uploads are never interleaved', async () => {
  const { queue, untilQuiet } = observed();
  queue.add(pieces);
  queue.add(['<gone>']);
  expect((await untilQuiet()).join('')).toBe(`${pieces.join('')}<gone>`);
  queue.add(['<later>']);
  expect((await untilQuiet()).at(-1)).toBe('<later>');
});

test('drop removes an upload until its first piece is written', async () => {
  const { queue, untilQuiet } = observed();
  const second = ['<second>'];
  queue.add(pieces);
  queue.add(second);
  await nextTurn();
  expect(queue.drop(second)).toBe(true);
  expect(queue.drop(pieces)).toBe(false);
  expect((await untilQuiet()).join('')).toBe(pieces.join(''));
});

test('end returns the rest of begun uploads and all removals, and no new upload', async () => {
  const { queue, written, untilQuiet } = observed();
  queue.add(pieces, () => undefined);
  queue.add(['<other image>'], () => undefined);
  queue.add(['<gone>']);
  await nextTurn();
  expect(queue.end()).toBe(`${pieces.slice(4).join('')}<gone>`);
  const before = written.length;
  expect(await untilQuiet()).toHaveLength(before);
});

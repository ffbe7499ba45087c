import { expect, test } from '@jest/globals';
import { settled } from '../../../test/support/manual-clock.js';
import { createSlots } from './slots.js';

const { signal } = new AbortController();

test('so many run at once, and the others in the order in which they asked', async () => {
  const slots = createSlots(2, 10);
  const running: string[] = [];
  const ask = async (name: string) => {
    const leave = await slots.take(signal);
    running.push(name);
    return leave;
  };
  const [first, second] = await Promise.all([ask('a'), ask('b')]);
  const third = ask('c');
  const fourth = ask('d');
  await settled();
  expect(running).toEqual(['a', 'b']);
  second();
  second();
  await settled();
  expect(running).toEqual(['a', 'b', 'c']);
  first();
  (await third)();
  (await fourth)();
  expect(running).toEqual(['a', 'b', 'c', 'd']);
  await ask('e');
});

test('who gives up waiting holds nobody up', async () => {
  const slots = createSlots(1, 10);
  const leave = await slots.take(signal);
  const call = new AbortController();
  const gone = slots.take(call.signal);
  const next = slots.take(signal);
  call.abort('gone');
  await expect(gone).rejects.toBe('gone');
  leave();
  (await next)();
});

test('with too many waiting, one more is refused', async () => {
  const slots = createSlots(1, 1);
  await slots.take(signal);
  void slots.take(signal);
  await expect(slots.take(signal)).rejects.toMatchObject({ code: 'rate-limited', retryAfterMs: 1000 });
});

import { expect, test } from '@jest/globals';
import { createIdleMap } from './login-throttle.js';

const flagged = () =>
  createIdleMap(
    (key) => ({ key, idle: false }),
    ({ idle }) => idle,
  );

test('an idle map drops idle values', () => {
  const map = flagged();
  for (let index = 0; index < 5000; index++) map.getOrCreate(`key ${index}`).idle = true;
  expect(map.count()).toBeLessThanOrEqual(256);
});

test('an idle map keeps values in use', () => {
  const map = flagged();
  const used = Array.from({ length: 1000 }, (_, index) => map.getOrCreate(`used ${index}`));
  for (let index = 0; index < 5000; index++) map.getOrCreate(`idle ${index}`).idle = true;
  used.forEach((value, index) => expect(map.getOrCreate(`used ${index}`)).toBe(value));
});

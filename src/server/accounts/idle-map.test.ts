import { expect, test } from '@jest/globals';
import { createIdleMap } from './idle-map.js';

const flagged = () =>
  createIdleMap(
    (key) => ({ key, idle: false }),
    ({ idle }) => idle,
  );

test('idle values are forgotten, however many keys are asked for', () => {
  const map = flagged();
  for (let index = 0; index < 5000; index++) map.of(`key ${index}`).idle = true;
  expect(map.count()).toBeLessThanOrEqual(256);
});

test('values in use are kept among any number of idle ones', () => {
  const map = flagged();
  const used = Array.from({ length: 1000 }, (_, index) => map.of(`used ${index}`));
  for (let index = 0; index < 5000; index++) map.of(`idle ${index}`).idle = true;
  used.forEach((value, index) => expect(map.of(`used ${index}`)).toBe(value));
});

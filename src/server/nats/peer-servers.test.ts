import { expect, test } from '@jest/globals';
import { createOtherServers } from './peer-servers.js';

test('a list is known by its version, and a newer one has to be asked for', () => {
  const others = createOtherServers(() => 0);
  expect(others.here('a', 1)).toBe(false);
  others.list('a', 1, ['ada']);
  others.list('b', 7, ['bob', 'cyd']);
  expect(others.here('a', 1)).toBe(true);
  expect(others.here('a', 2)).toBe(false);
  expect([...others.lists()]).toEqual([['ada'], ['bob', 'cyd']]);
  others.gone('b');
  expect([...others.lists()]).toEqual([['ada']]);
});

test('a server that falls silent is forgotten after three missed signs of life, others stay', () => {
  let now = 0;
  const others = createOtherServers(() => now);
  others.list('dead', 1, ['ada']);
  others.list('alive', 1, ['bob']);
  now = 6000;
  others.here('alive', 1);
  expect(others.forgetSilent()).toBe(false);
  now = 7001;
  expect(others.forgetSilent()).toBe(true);
  expect([...others.lists()]).toEqual([['bob']]);
});

test('however many servers claim to be there, memory is bounded', () => {
  const others = createOtherServers(() => 0);
  for (let number = 0; number < 10_000; number++) others.list(`s${number}`, 1, []);
  expect([...others.lists()]).toHaveLength(256);
});

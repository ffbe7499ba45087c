import { expect, test } from '@jest/globals';
import { createUncheckedRequests } from './unchecked-requests.js';

const kilobyte = 1024;

/** Requests, and the names of those that were evicted. */
function register() {
  const requests = createUncheckedRequests({ totalBytes: 300 * kilobyte, addressBytes: 200 * kilobyte });
  const evicted: string[] = [];
  const hold = (name: string, kilobytes: number, address = '192.0.2.1') =>
    requests.hold(address, kilobytes * kilobyte, () => evicted.push(name));
  return { requests, evicted, hold };
}

test('the oldest large request of an address is evicted for a new one', () => {
  const { evicted, hold } = register();
  hold('small', 10);
  for (const name of ['a', 'b', 'c']) hold(name, 80);
  expect(evicted).toEqual(['a']);
  hold('check', 10);
  expect(evicted).toEqual(['a']);
});

test('small requests are evicted if there are no large ones', () => {
  const { evicted, hold } = register();
  for (let number = 0; number < 21; number++) hold(`small ${number}`, 10);
  expect(evicted).toEqual(['small 0']);
});

test('an address over its share does not affect others, and the total limits all of them', () => {
  const { requests, evicted, hold } = register();
  for (const name of ['a', 'b', 'c']) hold(name, 80, '192.0.2.1');
  hold('other', 80, '192.0.2.2');
  expect(evicted).toEqual(['a']);
  hold('third', 80, '192.0.2.3');
  expect(evicted).toEqual(['a', 'b']);
  expect(requests.heldBytes()).toBeLessThanOrEqual(300 * kilobyte);
});

test('a request that is released twice is counted once', () => {
  const { requests, hold } = register();
  const release = hold('a', 80);
  hold('b', 10);
  release();
  release();
  expect(requests.heldBytes()).toBe(10 * kilobyte);
});

test('a request larger than the share stays while it is the only one', () => {
  const { evicted, hold } = register();
  hold('a', 250);
  expect(evicted).toEqual([]);
});

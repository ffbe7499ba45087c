import { expect, test } from '@jest/globals';
import { manualClock, settled } from '../../../test/support/manual-clock.js';
import { userNames } from '../../../test/support/user-names.js';
import { createObservable } from '../../shared/async/observable.js';
import { readOnline } from '../../shared/read-messages.js';
import { createPresence } from './presence.js';
import { createPresenceLists } from './presence-lists.js';

function listening(names: readonly string[] = []) {
  const clock = manualClock();
  const presence = createPresence();
  for (const name of names) presence.join(name);
  const storageStatus = createObservable<string | undefined>(undefined);
  const lists = createPresenceLists(presence, storageStatus, clock);
  const call = new AbortController();
  const got: Uint8Array[] = [];
  const listen = async () => {
    for await (const list of lists.follow(call.signal)) got.push(list);
  };
  return { clock, presence, storageStatus, call, got, listen };
}

test('a listener gets the list at once, then at most one changed list a second', async () => {
  const { clock, presence, call, got, listen } = listening(['ann']);
  const ended = listen().catch((reason: unknown) => reason);
  await settled();
  expect(got.map(userNames)).toEqual([['ann']]);
  presence.join('bob');
  presence.join('cleo');
  await clock.advance(999);
  expect(got).toHaveLength(1);
  await clock.advance(1);
  expect(got.map(userNames)).toEqual([['ann'], ['ann', 'bob', 'cleo']]);
  await clock.advance(60_000);
  expect(got).toHaveLength(2);
  // Long after the last list, a change is sent at once.
  presence.join('dan');
  await settled();
  expect(got).toHaveLength(3);
  call.abort('gone');
  expect(await ended).toBe('gone');
  expect(clock.pending()).toBe(0);
});

test('many listeners get long lists less often', async () => {
  const names = Array.from({ length: 5000 }, (_, index) => `user-${index}`);
  const { clock, presence, got, listen } = listening(names);
  for (let listener = 0; listener < 400; listener++) void listen();
  await settled();
  expect(got).toHaveLength(400);
  presence.join('one-more');
  await clock.advance(1000);
  expect(got.length).toBeLessThan(600);
  await clock.advance(2000);
  expect(got).toHaveLength(800);
});

test('a listener gets the list again when messages can no longer be stored, and when they can again', async () => {
  const { clock, storageStatus, call, got, listen } = listening(['ann']);
  const ended = listen().catch((reason: unknown) => reason);
  await clock.advance(1000);
  storageStatus.set('its disk is full');
  await clock.advance(1000);
  storageStatus.set(undefined);
  await clock.advance(1000);
  const problems = got.map((bytes) => {
    const step = readOnline(bytes, 10).next();
    return step.done ? step.value.storageProblem : 'unfinished';
  });
  expect(problems).toEqual([undefined, 'its disk is full', undefined]);
  expect(got.map(userNames)).toEqual([['ann'], ['ann'], ['ann']]);
  call.abort('gone');
  expect(await ended).toBe('gone');
});

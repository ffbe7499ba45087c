import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { manualClock, settled } from '../../../test/support/manual-clock.js';
import { namesAfterUpdates, presenceUpdate } from '../../../test/support/presence-updates.js';
import { createObservable } from '../../shared/async/observable.js';
import { createPresence } from './presence.js';
import { createPresenceUpdates } from './presence-updates.js';

function listening(names: readonly string[] = []) {
  const clock = manualClock();
  const presence = createPresence();
  for (const name of names) presence.join(name);
  const storageStatus = createObservable<string | undefined>(undefined);
  const updates = createPresenceUpdates(presence, storageStatus, clock);
  const call = new AbortController();
  const got: Uint8Array[] = [];
  const listen = async () => {
    for await (const update of updates.follow(call.signal)) got.push(update);
  };
  return { clock, presence, storageStatus, call, got, listen };
}

test('a listener gets everyone at once, then what has changed at most once a second', async () => {
  const { clock, presence, call, got, listen } = listening(['ann']);
  const ended = listen().catch((reason: unknown) => reason);
  await settled();
  expect(got.map(namesAfterUpdates())).toEqual([['ann']]);
  presence.join('bob');
  presence.join('cleo');
  await clock.advance(999);
  expect(got).toHaveLength(1);
  await clock.advance(1);
  expect(got.map(namesAfterUpdates())).toEqual([['ann'], ['ann', 'bob', 'cleo']]);
  await clock.advance(60_000);
  expect(got).toHaveLength(2);
  // Long after the last update, a change is sent at once.
  presence.join('dan');
  await settled();
  expect(got).toHaveLength(3);
  call.abort('gone');
  expect(await ended).toBe('gone');
  expect(clock.pending()).toBe(0);
});

test('many listeners of a long list get updates less often', async () => {
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

test('a listener gets an update when messages can no longer be stored, and when they can again', async () => {
  const { clock, storageStatus, call, got, listen } = listening(['ann']);
  const ended = listen().catch((reason: unknown) => reason);
  await clock.advance(1000);
  storageStatus.set('its disk is full');
  await clock.advance(1000);
  storageStatus.set(undefined);
  await clock.advance(1000);
  const problems = got.map((bytes) => presenceUpdate(bytes).storageProblem);
  expect(problems).toEqual([undefined, 'its disk is full', undefined]);
  expect(got.map(namesAfterUpdates())).toEqual([['ann'], ['ann'], ['ann']]);
  call.abort('gone');
  expect(await ended).toBe('gone');
});

test('after the first update only changes are sent, in the same bytes to all listeners', async () => {
  const { clock, presence, got, listen } = listening(['ann', 'cleo']);
  const leave = presence.join('bob');
  for (let listener = 0; listener < 3; listener++) void listen();
  await clock.advance(400);
  void listen();
  leave();
  presence.join('ada');
  presence.join('dan');
  await clock.advance(2000);
  expect(got).toHaveLength(8);
  expect(got.slice(0, 4).map(presenceUpdate)).toEqual(
    Array(4).fill(expect.objectContaining({ first: true, online: ['ann', 'bob', 'cleo'], offline: [] })),
  );
  expect(got.slice(4).map(presenceUpdate)).toEqual(
    Array(4).fill(expect.objectContaining({ first: false, online: ['ada', 'dan'], offline: ['bob'] })),
  );
  expect(new Set(got).size).toBe(2);
});

test('a user who leaves and comes back between two updates causes none', async () => {
  const { clock, presence, got, listen } = listening(['ann']);
  const leave = presence.join('bob');
  void listen();
  await settled();
  leave();
  presence.join('bob');
  await clock.advance(5000);
  expect(got).toHaveLength(1);
  presence.join('cleo');
  await settled();
  expect(got.map(namesAfterUpdates()).at(-1)).toEqual(['ann', 'bob', 'cleo']);
});

test('the updates of any changes add up to the list of users', async () => {
  const names = fc.constantFrom('ann', 'bob', 'cleo', 'dan', 'eve');
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(names)), async (rounds) => {
      const { clock, presence, got, listen, call } = listening();
      const ended = listen().catch(() => undefined);
      const online = new Map<string, () => void>();
      for (const round of rounds) {
        for (const name of round) {
          const leave = online.get(name);
          if (leave) leave();
          if (!online.delete(name)) online.set(name, presence.join(name));
        }
        await clock.advance(1000);
        expect(got.map(namesAfterUpdates()).at(-1)).toEqual([...online.keys()].sort());
      }
      call.abort();
      await ended;
    }),
  );
});

import { expect, test } from '@jest/globals';
import { manualClock } from '../../../test/support/manual-clock.js';
import { creation, membership, post } from '../../../test/support/room-appends.js';
import { lobby } from '../../shared/message.js';
import { createMemoryLog } from '../logs/memory-log.js';
import type { MessageLog, RoomStateStore } from '../messages/message-log.js';
import { entriesPerSave, openFoldedLog } from './open-folded-log.js';
import { createRooms } from './room-state.js';

/** A log with a store for its rooms. */
function prepared() {
  const clock = manualClock();
  const memory = createMemoryLog({ clock });
  const saves: number[] = [];
  const reported: unknown[] = [];
  let bytes: Uint8Array | undefined;
  let failure: Error | undefined;
  const state: RoomStateStore = {
    load: () => Promise.resolve(bytes),
    save(upTo, saved) {
      if (failure) return Promise.reject(failure);
      saves.push(upTo);
      bytes = saved;
      return Promise.resolve();
    },
  };
  const reports = {
    onUnusable: (reason: unknown) => void reported.push(reason),
    onNotSaved: (error: unknown) => void reported.push(error),
    onNotRead: (error: unknown) => void reported.push(error),
  };
  const open = (log: MessageLog = memory) => openFoldedLog({ log, state, clock, reports });
  return {
    clock,
    memory,
    saves,
    reported,
    open,
    saved: () => bytes,
    replace: (replaced: Uint8Array) => void (bytes = replaced),
    failWith: (error: Error | undefined) => void (failure = error),
  };
}

test('the state of the rooms is saved a second after a change, and not because of messages', async () => {
  const { clock, saves, open } = prepared();
  const log = await open();
  await log.append(post('ann', lobby, 'hi'));
  await clock.advance(60_000);
  expect(saves).toEqual([]);
  await log.append(creation('ann', 'plans'));
  await clock.advance(999);
  await log.append(membership('ann', 2, 'invited', 'bob'));
  expect(saves).toEqual([]);
  await clock.advance(1);
  expect(saves).toEqual([3]);
  await clock.advance(60_000);
  expect(saves).toEqual([3]);
});

test('the state of the rooms is saved every 5,000 entries', async () => {
  const { clock, saves, open } = prepared();
  const log = await open();
  for (let count = 0; count < entriesPerSave - 1; count++) await log.append(post('ann', lobby, 'hi'));
  await clock.advance(1000);
  expect(saves).toEqual([]);
  await log.append(post('ann', lobby, 'hi'));
  await clock.advance(1000);
  expect(saves).toEqual([entriesPerSave]);
});

test('what was folded at the start is saved: a second later if it is much, otherwise when the log is closed', async () => {
  const long = prepared();
  await long.memory.append(creation('ann', 'plans'));
  for (let count = 0; count < entriesPerSave; count++) await long.memory.append(post('ann', lobby, 'hi'));
  await long.open();
  await long.clock.advance(1000);
  expect(long.saves).toEqual([entriesPerSave + 1]);

  const short = prepared();
  await short.memory.append(creation('ann', 'plans'));
  const log = await short.open();
  await short.clock.advance(60_000);
  expect(short.saves).toEqual([]);
  await log.close();
  expect(short.saves).toEqual([1]);
});

test('a log that is opened again folds only what follows the saved state', async () => {
  const { memory, saved, open } = prepared();
  const log = await open();
  await log.append(creation('ann', 'plans', { members: ['bob'] }));
  await log.append(post('eve', 1, 'void')).catch(() => undefined);
  // The memory log ends with its close: the state is saved before.
  await log.close();
  expect(createRooms(saved()).upTo()).toBe(2);

  const read: number[] = [];
  const head = 3;
  const next = createMemoryLog({ clock: manualClock() });
  for (const one of [creation('ann', 'plans', { members: ['bob'] }), post('eve', 1, 'void')])
    await next.append(one);
  await next.append(membership('bob', 1, 'left'));
  const opened = await open({
    ...next,
    read(after, ...rest) {
      read.push(after);
      return next.read(after, ...rest);
    },
  });
  expect(read).toEqual([2]);
  expect(opened.head()).toBe(head);
  expect(opened.rooms.isVoid(2)).toBe(true);
  expect([...opened.rooms.former('bob')]).toEqual([[1, 3]]);
  expect(memory.head()).toBe(2);
});

test('the sender of a void entry is rejected again after a restart, without the reason', async () => {
  const { memory, open } = prepared();
  const lasting = { ...memory, close: () => Promise.resolve() };
  const late = post('eve', 7, 'nowhere', 'id-1');
  const log = await open(lasting);
  await expect(log.append(late)).rejects.toMatchObject({ code: 'no-such-room' });
  await log.close();
  const restarted = await open(lasting);
  await expect(restarted.append(late)).rejects.toMatchObject({ code: 'not-permitted' });
});

test('a damaged state is reported and replaced by folding the whole log', async () => {
  const { memory, reported, replace, open } = prepared();
  await memory.append(creation('ann', 'plans'));
  replace(Uint8Array.of(1, 2, 3));
  const log = await open();
  expect(log.rooms.named('plans')?.number).toBe(1);
  expect(reported).toHaveLength(1);
});

test('a state that cannot be saved is reported once and tried again', async () => {
  const { clock, saves, reported, failWith, open } = prepared();
  const log = await open();
  failWith(new Error('full'));
  await log.append(creation('ann', 'plans'));
  await clock.advance(30_000);
  expect(reported).toHaveLength(1);
  failWith(undefined);
  await clock.advance(10_000);
  expect(saves).toEqual([1]);
});

test('a log that cannot be read is reported once and tried again', async () => {
  const { clock, memory, reported, open } = prepared();
  await memory.append(creation('ann', 'plans'));
  let failures = 2;
  const opening = open({
    ...memory,
    read: (...range) => (failures-- > 0 ? Promise.reject(new Error('away')) : memory.read(...range)),
  });
  await clock.advance(2000);
  expect((await opening).head()).toBe(1);
  expect(reported).toEqual([new Error('away')]);
});

test('a long log of plain messages before the first room is not read', async () => {
  const { memory, open } = prepared();
  for (let count = 0; count < 10; count++) await memory.append(post('ann', lobby, 'hi'));
  await memory.append(creation('ann', 'plans'));
  const read: number[] = [];
  const log = await open({
    ...memory,
    firstWithRoom: () => 11,
    read(after, ...rest) {
      read.push(after);
      return memory.read(after, ...rest);
    },
  });
  expect(read).toEqual([10]);
  expect(log.rooms.get(lobby)?.newest).toBe(10);
  expect(log.rooms.named('plans')?.number).toBe(11);
});

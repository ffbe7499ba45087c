import { describe, expect, test } from '@jest/globals';
import { manualClock, settled } from '../../../test/support/manual-clock.js';
import { creation, direct, membership, post } from '../../../test/support/room-appends.js';
import { lobby } from '../../shared/message.js';
import { createMemoryLog } from '../logs/memory-log.js';
import { allKinds, lobbyMessages, type Append, type MessageLog } from '../messages/message-log.js';
import { createFoldedLog, type FoldedLog } from './folded-log.js';
import { createRooms } from './room-state.js';

const everything = 1024 * 1024;

function started(wrap: (log: MessageLog) => MessageLog = (log) => log) {
  const clock = manualClock();
  const memory = createMemoryLog({ clock });
  const folded = createFoldedLog(wrap(memory), createRooms(), clock);
  return { clock, memory, folded, rooms: folded.rooms };
}

async function appendAll(log: Pick<MessageLog, 'append'>, ...appends: readonly Append[]): Promise<number[]> {
  const sequences: number[] = [];
  for (const append of appends) sequences.push((await log.append(append)).sequence);
  return sequences;
}

const sequencesAfter = async (log: FoldedLog, after: number): Promise<number[]> =>
  (await log.read(after, everything)).map(({ sequence }) => sequence);

describe('a folded log', () => {
  test('answers an append once its entry is folded', async () => {
    const { folded, rooms } = started();
    const { sequence } = await folded.append(creation('ann', 'plans', { members: ['bob'] }));
    expect(rooms.upTo()).toBe(sequence);
    expect(rooms.named('plans')?.number).toBe(sequence);
    expect([...rooms.of('bob')]).toEqual([sequence]);
  });

  test('folds what others have appended when its head is asked', async () => {
    const { memory, folded, rooms } = started();
    await appendAll(memory, post('ann', lobby, 'hi'), creation('ann', 'plans'));
    expect(rooms.upTo()).toBe(0);
    expect(folded.head()).toBe(2);
    expect(rooms.named('plans')?.number).toBe(2);
  });

  test('reports entries in the order of the log, with the state after each', async () => {
    const { memory, folded, rooms } = started();
    const seen: unknown[] = [];
    folded.onFolded(({ sequence, room }) => seen.push([sequence, room, rooms.get(2)?.members.size]));
    await appendAll(
      memory,
      post('ann', lobby, 'hi'),
      creation('ann', 'plans'),
      membership('ann', 2, 'invited', 'bob'),
      membership('eve', 2, 'joined'),
      membership('bob', 2, 'left'),
    );
    folded.head();
    expect(seen).toEqual([
      [1, lobby, undefined],
      [2, 2, 1],
      [3, 2, 2],
      [5, 2, 1],
    ]);
  });

  test('rejects an append with the rule that its entry breaks at its place, and again when its id is repeated', async () => {
    const { memory, folded } = started();
    await appendAll(folded, creation('ann', 'plans', { members: ['bob'] }));
    // Another server appends it first.
    await memory.append(membership('ann', 1, 'removed', 'bob'));
    const late = post('bob', 1, 'too late', 'id-1');
    await expect(folded.append(late)).rejects.toMatchObject({ code: 'no-such-room' });
    await expect(folded.append(late)).rejects.toMatchObject({ code: 'no-such-room' });
    await expect(folded.append(post('bob', lobby, 'other', 'id-1'))).rejects.toMatchObject({
      code: 'no-such-room',
    });
    expect(memory.head()).toBe(3);
  });

  test('rejects a repeated id of a void entry of any log over the same entries', async () => {
    const { clock, memory, folded } = started();
    const late = post('eve', 7, 'nowhere', 'id-1');
    await expect(folded.append(late)).rejects.toMatchObject({ code: 'no-such-room' });
    const opened = createFoldedLog(memory, createRooms(), clock);
    opened.head();
    await expect(opened.append(late)).rejects.toMatchObject({ code: 'no-such-room' });
  });

  test('gives the second of two direct rooms of the same accounts the error, and shows only the first', async () => {
    const { folded, rooms } = started();
    const results = await Promise.allSettled([
      folded.append(direct('ann', 'bob')),
      folded.append(direct('bob', 'ann')),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(results[1]).toMatchObject({ reason: { code: 'already-exists' } });
    expect(rooms.direct(['ann', 'bob'])?.number).toBe(1);
    expect(await sequencesAfter(folded, 0)).toEqual([1]);
  });

  test('shows no void entry, however many follow each other', async () => {
    const { memory, folded } = started();
    await appendAll(memory, post('ann', lobby, 'first'), creation('ann', 'plans'));
    for (let count = 0; count < 300; count++) await memory.append(post('eve', 2, 'void'));
    await appendAll(memory, post('ann', 2, 'last'));
    expect(await sequencesAfter(folded, 0)).toEqual([1, 2, 303]);
    for (let after = 2; after < 303; after += 50) {
      expect((await folded.read(after, 1)).map(({ sequence }) => sequence)).toEqual([303]);
      const before = await folded.readBefore(after + 1, 10, 1);
      expect(before.map(({ sequence }) => sequence)).toEqual([2]);
    }
    const newest = await folded.readBefore(0, 2, everything, { room: 2, kinds: allKinds });
    expect(newest.map(({ sequence }) => sequence)).toEqual([303]);
  });

  test('adds no promise to a read from memory', async () => {
    const { folded } = started();
    await appendAll(folded, post('ann', lobby, 'hi'));
    expect(folded.read(0, everything, lobbyMessages)).toHaveLength(1);
    expect(folded.isInMemory(0)).toBe(true);
  });

  test('wakes a waiting reader with the head already folded', async () => {
    const { memory, folded, rooms } = started();
    const { signal } = new AbortController();
    const woken = folded.waitAfter(1, signal).then(() => rooms.upTo());
    await appendAll(memory, post('ann', lobby, 'hi'));
    await appendAll(memory, post('ann', lobby, 'hi'));
    expect(await woken).toBe(2);
  });

  test('shows nothing before it is folded, if it has to be read first', async () => {
    let release = (): void => undefined;
    const { memory, folded } = started((log) => ({
      ...log,
      read: async (...range) => {
        const entries = await log.read(...range);
        await new Promise<void>((resolve) => (release = resolve));
        return entries;
      },
    }));
    const { signal } = new AbortController();
    await appendAll(memory, post('ann', lobby, 'hi'));
    expect(folded.head()).toBe(0);
    expect(folded.oldest()).toBe(1);
    const waiting = folded.waitAfter(0, signal);
    const appended = folded.append(creation('ann', 'plans'));
    let isAnswered = false;
    void appended.then(() => (isAnswered = true));
    await settled();
    expect(await folded.readBefore(0, 10, everything)).toEqual([]);
    expect(isAnswered).toBe(false);
    for (let turn = 0; turn < 4; turn++) {
      release();
      await settled();
    }
    await waiting;
    expect(await appended).toMatchObject({ sequence: 2 });
    expect(folded.head()).toBe(2);
  });

  test('tries again a second after a read failed, and rejects the appends that wait for it', async () => {
    let failures = 1;
    const { clock, memory, folded } = started((log) => ({
      ...log,
      read: (...range) => (failures-- > 0 ? Promise.reject(new Error('away')) : log.read(...range)),
    }));
    await appendAll(memory, post('ann', lobby, 'hi'));
    const appended = folded.append(post('ann', lobby, 'more'));
    const rejected = expect(appended).rejects.toMatchObject({ code: 'store-unavailable' });
    await clock.advance(999);
    expect(folded.head()).toBe(0);
    await clock.advance(1);
    await rejected;
    expect(folded.head()).toBe(2);
  });

  test('a reader that stops waiting is released while entries are read', async () => {
    const { memory, folded } = started((log) => ({ ...log, read: () => new Promise(() => undefined) }));
    await appendAll(memory, post('ann', lobby, 'hi'));
    const call = new AbortController();
    const waiting = folded.waitAfter(0, call.signal);
    await settled();
    call.abort(new Error('gone'));
    await expect(waiting).rejects.toThrow('gone');
  });
});

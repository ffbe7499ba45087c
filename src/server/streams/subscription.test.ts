import { describe, expect, test } from '@jest/globals';
import { settled } from '../../../test/support/manual-clock.js';
import { decodeMessages } from '../../shared/codec.js';
import { lobby, messageKind } from '../../shared/message.js';
import { ChatError } from '../../shared/errors.js';
import { maxBatchBytes } from './batches.js';
import { append, reader, started, upTo } from '../../../test/support/subscribers.js';

describe('a subscriber', () => {
  test('gets one empty batch at once if nothing follows its cursor', async () => {
    const { log, subscribe } = started();
    const { write, batches, sequences } = reader();
    subscribe(0, write);
    expect(batches.map(({ length }) => length)).toEqual([0]);
    await append(log, 3);
    await settled();
    expect(sequences()).toEqual([1, 2, 3]);
    expect(batches.slice(1).every(({ length }) => length > 0)).toBe(true);
  });

  test('starts with all entries, including those that no round has sent yet', async () => {
    const { log, subscribe } = started();
    const { write, batches } = reader();
    await settled();
    // To a client, an empty first batch means that nothing precedes the announced head.
    await append(log, 1);
    subscribe(0, write);
    expect(batches.map((bytes) => decodeMessages(bytes).length)).toEqual([1]);
    await settled();
    expect(batches).toHaveLength(1);
  });

  test('gets neither messages of other rooms nor changes to those of the lobby, and no empty batch for them', async () => {
    const { log, subscribe, subscriptions } = started();
    await append(log, 2, 10, { room: 2, kind: messageKind.message });
    await append(log, 1);
    const { write, batches, sequences } = reader();
    subscribe(0, write);
    await settled();
    for (const kind of [messageKind.edit, messageKind.delete, messageKind.react, messageKind.member]) {
      await append(log, 1, 10, { room: lobby, kind });
      await settled();
    }
    await append(log, 2, 10, { room: 2, kind: messageKind.message });
    await settled();
    expect(subscriptions.lag()).toBe(0);
    await append(log, 1);
    await settled();
    expect(sequences()).toEqual([3, 10]);
    expect(batches).toHaveLength(2);
  });

  test('far behind gets the messages of the lobby that arrive while other rooms are read', async () => {
    const { log, subscribe } = started((memory) => ({
      ...memory,
      read: async (...range) => {
        await settled();
        return memory.read(...range);
      },
    }));
    const { write, sequences } = reader();
    subscribe(0, write);
    await settled();
    await append(log, 1, 10, { room: 2, kind: messageKind.message });
    await new Promise(setImmediate);
    await append(log, 1);
    for (let turn = 0; turn < 5; turn++) await settled();
    expect(sequences()).toEqual([2]);
  });

  test('gets each message at once while it keeps up', async () => {
    const { log, subscribe } = started();
    const { write, batches } = reader();
    subscribe(0, write);
    for (let number = 0; number < 3; number++) {
      await append(log, 1);
      await settled();
    }
    expect(batches).toHaveLength(4);
  });

  test('gets the entries after its cursor in batches of limited size, a larger message alone', async () => {
    const { log, subscribe } = started();
    await append(log, 20, 30_000);
    await append(log, 1, 2 * maxBatchBytes);
    await append(log, 5, 10);
    const { write, batches, sequences } = reader();
    subscribe(0, write);
    for (let turn = 0; turn < 10; turn++) await settled();
    expect(sequences()).toEqual(upTo(26));
    const oversized = batches.filter(({ length }) => length > maxBatchBytes);
    expect(oversized.map((bytes) => decodeMessages(bytes).length)).toEqual([1]);
    expect(batches.length).toBeLessThan(8);
  });

  test('has at maxBytes one batch in flight, and gets the rest in larger batches later', async () => {
    const { log, subscriptions, subscribe } = started();
    const slow = reader({ slow: true });
    const quick = reader();
    subscribe(0, slow.write);
    subscribe(0, quick.write);
    for (let number = 0; number < 50; number++) {
      await append(log, 10);
      await settled();
    }
    expect(slow.batches).toHaveLength(1);
    expect(slow.waiting).toHaveLength(1);
    expect(quick.sequences()).toEqual(upTo(500));
    expect(subscriptions.lag()).toBe(500);
    slow.takeAll();
    slow.takeAll();
    expect(slow.sequences()).toEqual(upTo(500));
    expect(slow.batches).toHaveLength(2);
    expect(subscriptions.lag()).toBe(0);
    expect(subscriptions.delivered()).toBe(1000);
  });

  test('shares the bytes of a batch with all others at the same cursor', async () => {
    const { log, subscribe } = started();
    const readers = Array.from({ length: 10 }, () => reader());
    for (const { write } of readers) subscribe(0, write);
    await settled();
    await append(log, 5);
    await settled();
    const last = readers.map(({ batches }) => batches.at(-1));
    expect(new Set(last).size).toBe(1);
    expect(last[0]?.length).toBeGreaterThan(0);
  });

  test('is removed and gets nothing more when its call ends', async () => {
    const { log, subscriptions, subscribe } = started();
    const { write, batches } = reader();
    const { call, ended } = subscribe(0, write);
    const reason = new ChatError('cancelled', 'gone');
    call.abort(reason);
    expect(await ended).toBe(reason);
    expect(subscriptions.count()).toBe(0);
    await append(log, 3);
    await settled();
    expect(batches).toHaveLength(1);
  });

  test('fails alone, with the error of the log, if its read fails', async () => {
    const failure = new ChatError('store-unavailable', 'the store is away');
    const { log, subscribe } = started((memory) => ({
      ...memory,
      read: (after, maxBytes) => (after === 7 ? Promise.reject(failure) : memory.read(after, maxBytes)),
    }));
    const fine = reader();
    subscribe(0, fine.write);
    const { ended } = subscribe(7, reader().write);
    expect(await ended).toBe(failure);
    await append(log, 3);
    await settled();
    expect(fine.sequences()).toEqual([1, 2, 3]);
  });

  test('gets all entries in order from an asynchronous log', async () => {
    const { log, subscribe } = started((memory) => ({
      ...memory,
      read: async (after, maxBytes) => {
        await settled();
        return memory.read(after, Math.min(maxBytes, 100));
      },
    }));
    await append(log, 10);
    const { write, sequences } = reader();
    subscribe(0, write);
    await append(log, 10);
    for (let turn = 0; turn < 60; turn++) await settled();
    expect(sequences()).toEqual(upTo(20));
  });

  test('fails when the log is closed', async () => {
    const { log, subscribe } = started();
    const { ended } = subscribe(0, reader().write);
    await log.close();
    expect(await ended).toMatchObject({ code: 'shutting-down' });
  });
});

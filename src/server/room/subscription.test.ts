import { describe, expect, test } from '@jest/globals';
import { manualClock, settled } from '../../../test/support/manual-clock.js';
import type { Clock } from '../../shared/clock.js';
import { decodeMessages, encodeUnsequenced } from '../../shared/codec.js';
import { ChatError } from '../../shared/errors.js';
import { contentType } from '../../shared/message.js';
import { maxBatchBytes } from './batches.js';
import { createMemoryLog } from '../logs/memory-log.js';
import type { MessageLog } from './message-log.js';
import { createSubscriptions, writesATurn } from './subscription.js';

/** A reader that notes what it gets, and takes a batch only when told to if it is slow. */
function reader({ slow = false } = {}) {
  const batches: Uint8Array[] = [];
  const waiting: (() => void)[] = [];
  return {
    write: (bytes: Uint8Array, taken: () => void): void => {
      batches.push(bytes);
      if (slow) waiting.push(taken);
      else setImmediate(taken);
    },
    takeAll: (): void => {
      for (const taken of waiting.splice(0)) taken();
    },
    batches,
    waiting,
    sequences: () => batches.flatMap((bytes) => decodeMessages(bytes).map(({ sequence }) => sequence)),
  };
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

async function append(log: MessageLog, count: number, bytes = 10): Promise<void> {
  for (let number = 0; number < count; number++) {
    const content = new Uint8Array(bytes).fill(120);
    const message = encodeUnsequenced({ id: '', from: 'ann', timestamp: 1, type: contentType.text, content });
    await log.append({ message, author: 'ann', id: '' });
  }
}

function started(wrap: (log: MessageLog) => MessageLog = (log) => log, clock: Clock = manualClock()) {
  const log = wrap(createMemoryLog({ clock: manualClock() }));
  const stopping = new AbortController();
  const subscriptions = createSubscriptions(log, stopping.signal, clock);
  const calls: AbortController[] = [];
  const subscribe = (after: number, write: ReturnType<typeof reader>['write']) => {
    const call = new AbortController();
    calls.push(call);
    const ended = subscriptions.run(after, write, call.signal).catch((reason: unknown) => reason);
    return { call, ended };
  };
  return { log, stopping, subscriptions, subscribe };
}

describe('a subscriber', () => {
  test('gets an empty batch at once where nothing follows its cursor, and no other empty one', async () => {
    const { log, subscribe } = started();
    const { write, batches, sequences } = reader();
    subscribe(0, write);
    expect(batches.map(({ length }) => length)).toEqual([0]);
    await append(log, 3);
    await settled();
    expect(sequences()).toEqual([1, 2, 3]);
    expect(batches.slice(1).every(({ length }) => length > 0)).toBe(true);
  });

  test('begins with everything that is there, also what no round has brought yet', async () => {
    const { log, subscribe } = started();
    const { write, batches } = reader();
    await settled();
    // A client takes an empty beginning for word that nothing lies before the head it was told.
    await append(log, 1);
    subscribe(0, write);
    expect(batches.map((bytes) => decodeMessages(bytes).length)).toEqual([1]);
    await settled();
    expect(batches).toHaveLength(1);
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

  test('gets what lies after its cursor, in batches of bounded size and a larger message alone', async () => {
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

  test('that takes nothing has one batch under way, and gets the rest in larger ones later', async () => {
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

  test('shares the bytes of a batch with all others at the same place', async () => {
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

  test('gets nothing more once its call has ended, and is forgotten', async () => {
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

  test('hears why the log cannot be read, and the others go on', async () => {
    const failure = new ChatError('store-unavailable', 'the store is away');
    const { log, subscribe } = started((memory) => ({
      ...memory,
      read: (after, most) => (after === 7 ? Promise.reject(failure) : memory.read(after, most)),
    }));
    const fine = reader();
    subscribe(0, fine.write);
    const { ended } = subscribe(7, reader().write);
    expect(await ended).toBe(failure);
    await append(log, 3);
    await settled();
    expect(fine.sequences()).toEqual([1, 2, 3]);
  });

  test('gets everything in order from a log that answers later', async () => {
    const { log, subscribe } = started((memory) => ({
      ...memory,
      read: async (after, most) => {
        await settled();
        return memory.read(after, Math.min(most, 100));
      },
    }));
    await append(log, 10);
    const { write, sequences } = reader();
    subscribe(0, write);
    await append(log, 10);
    for (let turn = 0; turn < 60; turn++) await settled();
    expect(sequences()).toEqual(upTo(20));
  });

  test('loses its stream when the log is closed', async () => {
    const { log, subscribe } = started();
    const { ended } = subscribe(0, reader().write);
    await log.close();
    expect(await ended).toMatchObject({ code: 'shutting-down' });
  });
});

describe('what a message costs', () => {
  test('is one write for each subscriber, of the very same bytes', async () => {
    const { log, subscribe } = started();
    const readers = Array.from({ length: 50 }, () => reader());
    for (const { write } of readers) subscribe(0, write);
    await settled();
    await append(log, 1);
    await settled();
    expect(readers.map(({ batches }) => batches.length)).toEqual(readers.map(() => 2));
    expect(new Set(readers.map(({ batches }) => batches.at(-1))).size).toBe(1);
  });

  test('is shared by those that come in the same turn of the event loop', async () => {
    const { log, subscribe } = started();
    const readers = Array.from({ length: 50 }, () => reader());
    for (const { write } of readers) subscribe(0, write);
    await settled();
    await append(log, 100);
    await settled();
    expect(readers.map(({ batches }) => batches.length)).toEqual(readers.map(() => 2));
    expect(readers.every(({ sequences }) => sequences().length === 100)).toBe(true);
  });

  test('is handed out in short turns of the event loop, so that the first subscribers need not wait for the last', async () => {
    const { log, subscribe } = started();
    const readers = Array.from({ length: 3 * writesATurn }, () => reader());
    const written = () => readers.filter(({ batches }) => batches.length === 2).length;
    const writtenAfterTurns: number[] = [];
    const endOfTurn = (): void => {
      writtenAfterTurns.push(written());
      if (written() < readers.length) setImmediate(endOfTurn);
    };
    for (const { write } of readers) {
      subscribe(0, (bytes, taken) => {
        write(bytes, taken);
        if (written() === 1 && writtenAfterTurns.length === 0) setImmediate(endOfTurn);
      });
    }
    await settled();
    await append(log, 1);
    while (writtenAfterTurns.length < 3) await settled();
    expect(writtenAfterTurns).toEqual([writesATurn, 2 * writesATurn, 3 * writesATurn]);
  });

  test('is the same bytes for all of a round, though more is appended between its turns', async () => {
    const { log, subscribe } = started();
    const readers = Array.from({ length: 3 * writesATurn }, () => reader());
    for (const { write } of readers) subscribe(0, write);
    await settled();
    await append(log, 1);
    // Each turn of the round finds a longer log.
    for (let turn = 0; turn < 6; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
      await append(log, 1);
    }
    while (readers.some(({ sequences }) => sequences().length < 7)) await settled();
    const second = readers.map(({ batches }) => batches[1]);
    expect(new Set(second).size).toBe(1);
    expect(second[0] && decodeMessages(second[0]).length).toBe(1);
    expect(new Set(readers.map(({ batches }) => batches.length)).size).toBe(1);
  });

  test('goes no further than the round for a reader that was behind, which so shares the next one', async () => {
    const { log, subscribe } = started();
    const [slow, quick] = [reader({ slow: true }), reader()];
    for (const { write } of [slow, quick]) subscribe(0, write);
    for (let round = 0; round < 2; round++) {
      await append(log, 1);
      await settled();
    }
    await append(log, 2);
    for (let batch = 0; batch < 2; batch++) slow.takeAll();
    await settled();
    expect(slow.batches.map((bytes) => decodeMessages(bytes).length)).toEqual([0, 2, 2]);
    expect(slow.batches.at(-1)).toBe(quick.batches.at(-1));
  });

  test('is shared by those that come while a round is written, and as much time again where they were several', async () => {
    const { log, timers, subscribe, sequences, duringNextWrite, batches } = slowlyWritten();
    await subscribe();
    duringNextWrite(2);
    await append(log, 1);
    await settled();
    await append(log, 1);
    await settled();
    expect(sequences()).toEqual([1]);
    await timers.advance(10);
    expect(sequences()).toEqual([1, 2, 3, 4]);
    expect(batches.length).toBe(3);
  });

  test('is a rest of 50 ms at most, however long the round took', async () => {
    const { log, timers, subscribe, sequences, duringNextWrite } = slowlyWritten(400);
    await subscribe();
    duringNextWrite(2);
    await append(log, 1);
    await timers.advance(49);
    expect(sequences()).toEqual([1]);
    await timers.advance(1);
    expect(sequences()).toEqual([1, 2, 3]);
  });

  test('is no rest that lasts because of what came while it rested', async () => {
    const { log, timers, subscribe, sequences, duringNextWrite } = slowlyWritten();
    await subscribe();
    duringNextWrite(2);
    await append(log, 1);
    await settled();
    await append(log, 5);
    await timers.advance(10);
    expect(sequences().at(-1)).toBe(8);
    await append(log, 1);
    await settled();
    expect(sequences().at(-1)).toBe(9);
  });

  test('is no delay for a single one that comes while another is written', async () => {
    const { log, timers, subscribe, sequences, duringNextWrite } = slowlyWritten();
    await subscribe();
    duringNextWrite(1);
    await append(log, 1);
    await settled();
    expect(sequences()).toEqual([1, 2]);
    expect(timers.pending()).toBe(0);
  });

  test('is no delay for the next one where messages come one at a time', async () => {
    const { log, timers, subscribe, sequences } = slowlyWritten();
    await subscribe();
    for (const sequence of [1, 2, 3]) {
      await append(log, 1);
      await settled();
      expect(sequences().at(-1)).toBe(sequence);
    }
    expect(timers.pending()).toBe(0);
  });
});

/** A subscriber of whom each write takes so many milliseconds, in which more can come. */
function slowlyWritten(writeTime = 10) {
  const timers = manualClock();
  let elapsed = 0;
  let toCome = 0;
  const clock: Clock = { ...timers, now: () => timers.now() + elapsed };
  const { log, subscribe } = started((plain) => plain, clock);
  const { write, ...received } = reader();
  const writeSlowly: typeof write = (bytes, taken) => {
    elapsed += writeTime;
    write(bytes, taken);
    const count = toCome;
    toCome = 0;
    void append(log, count);
  };
  return {
    log,
    timers,
    subscribe: (): Promise<void> => {
      subscribe(0, writeSlowly);
      return settled();
    },
    duringNextWrite: (count: number): void => void (toCome = count),
    ...received,
  };
}

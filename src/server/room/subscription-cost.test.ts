import { describe, expect, test } from '@jest/globals';
import { manualClock, settled } from '../../../test/support/manual-clock.js';
import type { Clock } from '../../shared/clock.js';
import { decodeMessages } from '../../shared/codec.js';
import { append, reader, started } from '../../../test/support/subscribers.js';
import { writesPerTick } from './subscription.js';

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
    const readers = Array.from({ length: 3 * writesPerTick }, () => reader());
    const written = () => readers.filter(({ batches }) => batches.length === 2).length;
    const writtenAfterTurns: number[] = [];
    const endOfTurn = (): void => {
      writtenAfterTurns.push(written());
      if (written() < readers.length) setImmediate(endOfTurn);
    };
    for (const { write } of readers) {
      subscribe(0, (bytes, onDrained) => {
        write(bytes, onDrained);
        if (written() === 1 && writtenAfterTurns.length === 0) setImmediate(endOfTurn);
        return true;
      });
    }
    await settled();
    await append(log, 1);
    while (writtenAfterTurns.length < 3) await settled();
    expect(writtenAfterTurns).toEqual([writesPerTick, 2 * writesPerTick, 3 * writesPerTick]);
  });

  test('is the same bytes for all of a round, though more is appended between its turns', async () => {
    const { log, subscribe } = started();
    const readers = Array.from({ length: 3 * writesPerTick }, () => reader());
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

  test.each([-3_600_000, 3_600_000])(
    'is the same rest where the wall clock jumps by %d ms in it, and delivery goes on',
    async (jump) => {
      const { log, timers, subscribe, sequences, duringNextWrite } = slowlyWritten();
      await subscribe();
      duringNextWrite(2);
      timers.jump(jump);
      await append(log, 1);
      await settled();
      timers.jump(-jump);
      await append(log, 1);
      await timers.advance(9);
      expect(sequences()).toEqual([1]);
      await timers.advance(1);
      expect(sequences()).toEqual([1, 2, 3, 4]);
    },
  );

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
  const clock: Clock = {
    ...timers,
    now: () => timers.now() + elapsed,
    monotonicMs: () => timers.monotonicMs() + elapsed,
  };
  const { log, subscribe } = started((plain) => plain, clock);
  const { write, ...received } = reader();
  const writeSlowly: typeof write = (bytes, onDrained) => {
    elapsed += writeTime;
    write(bytes, onDrained);
    const count = toCome;
    toCome = 0;
    void append(log, count);
    return true;
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

import { describe, expect, test } from '@jest/globals';
import { manualClock, settled } from '../../../test/support/manual-clock.js';
import type { Clock } from '../../shared/clock.js';
import { decodeMessages } from '../../shared/codec.js';
import { appendAll, creation, post } from '../../../test/support/room-appends.js';
import { append, reader, started } from '../../../test/support/subscribers.js';
import { writesPerTick } from './subscription.js';

describe('subscription cost', () => {
  test('a message is one write per subscriber, of the same bytes', async () => {
    const { log, subscribe } = started();
    const readers = Array.from({ length: 50 }, () => reader());
    for (const { write } of readers) subscribe(0, write);
    await settled();
    await append(log, 1);
    await settled();
    expect(readers.map(({ batches }) => batches.length)).toEqual(readers.map(() => 2));
    expect(new Set(readers.map(({ batches }) => batches.at(-1))).size).toBe(1);
  });

  test('messages of the same tick share one write', async () => {
    const { log, subscribe } = started();
    const readers = Array.from({ length: 50 }, () => reader());
    for (const { write } of readers) subscribe(0, write);
    await settled();
    await append(log, 100);
    await settled();
    expect(readers.map(({ batches }) => batches.length)).toEqual(readers.map(() => 2));
    expect(readers.every(({ sequences }) => sequences().length === 100)).toBe(true);
  });

  test('all subscribers of a round get the same bytes, even if the log grows meanwhile', async () => {
    const { log, subscribe } = started();
    const readers = Array.from({ length: 3 * writesPerTick }, () => reader());
    for (const { write } of readers) subscribe(0, write);
    await settled();
    await append(log, 1);
    // The log grows between the ticks of the round.
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

  test('a reader that catches up stops at the end of the round and shares the next one', async () => {
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

  test('several messages that arrive during a round make the next one wait as long as it took', async () => {
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

  test('several messages of one room that arrive during a round make the next one wait', async () => {
    const { log, timers, subscribe, sequences, duringNextWrite } = slowlyWritten();
    await appendAll(log, creation('ann', 'plans'));
    await subscribe('ann');
    duringNextWrite(() => appendAll(log, post('ann', 1, 'second'), post('ann', 1, 'third')));
    await appendAll(log, post('ann', 1, 'first'));
    await settled();
    expect(sequences()).toEqual([1, 2]);
    await timers.advance(10);
    expect(sequences()).toEqual([1, 2, 3, 4]);
  });

  test('messages of rooms without common readers that arrive during a round are not delayed', async () => {
    const { log, subscribe, sequences, duringNextWrite } = slowlyWritten();
    await appendAll(log, creation('ann', 'plans'), creation('bob', 'news'));
    await subscribe('ann');
    const { write, sequences: ofBob } = reader();
    await subscribe('bob', write);
    duringNextWrite(() => appendAll(log, post('ann', 1, 'second'), post('bob', 2, 'third')));
    await appendAll(log, post('ann', 1, 'first'));
    await settled();
    expect(sequences()).toEqual([1, 3, 4]);
    expect(ofBob()).toEqual([2, 5]);
  });

  test('the wait between rounds is at most 50 ms', async () => {
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
    'a wall clock that jumps by %d ms does not change the wait',
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

  test('messages that arrive during a wait cause no further wait', async () => {
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

  test('a single message that arrives during a round is not delayed', async () => {
    const { log, timers, subscribe, sequences, duringNextWrite } = slowlyWritten();
    await subscribe();
    duringNextWrite(1);
    await append(log, 1);
    await settled();
    expect(sequences()).toEqual([1, 2]);
    expect(timers.pending()).toBe(0);
  });

  test('messages that arrive one at a time are not delayed', async () => {
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

/** A subscriber whose writes take `writeTimeMs`, during which further messages can arrive. */
function slowlyWritten(writeTimeMs = 10) {
  const timers = manualClock();
  let elapsed = 0;
  let arrive = (): unknown => undefined;
  const clock: Clock = {
    ...timers,
    now: () => timers.now() + elapsed,
    monotonicMs: () => timers.monotonicMs() + elapsed,
  };
  const { log, subscribe } = started((plain) => plain, clock);
  const { write, ...received } = reader();
  const writeSlowly: typeof write = (bytes, onReady) => {
    elapsed += writeTimeMs;
    write(bytes, onReady);
    arrive();
    arrive = () => undefined;
    return true;
  };
  return {
    log,
    timers,
    subscribe: (account?: string, writeAs = writeSlowly): Promise<void> => {
      subscribe(0, writeAs, account);
      return settled();
    },
    duringNextWrite: (arrivals: number | (() => unknown)): void => {
      arrive = typeof arrivals === 'number' ? () => append(log, arrivals) : arrivals;
    },
    ...received,
  };
}

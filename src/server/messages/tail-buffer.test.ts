import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { messageKind, plainPlacement } from '../../shared/message.js';
import { allKinds, lobbyMessages, removedKind, type Entry } from './message-log.js';
import { createTailBuffer } from './tail-buffer.js';

const entry = (sequence: number, length = 10): Entry => ({
  ...plainPlacement,
  sequence,
  bytes: new Uint8Array(length),
});
const sequences = (entries: readonly Entry[] | undefined): number[] | undefined =>
  entries?.map(({ sequence }) => sequence);
const summary = ({ sequence, bytes }: Entry) => ({ sequence, length: bytes.length });
const roomy = { maxBytes: 1e9, maxCount: 1e9 };

function filled(from: number, to: number, limits = roomy): ReturnType<typeof createTailBuffer> {
  const tailBuffer = createTailBuffer(from - 1, limits);
  for (let sequence = from; sequence <= to; sequence++) tailBuffer.push(entry(sequence));
  return tailBuffer;
}

describe('tail buffer: read', () => {
  test('a cursor in the buffer gets the entries after it', () => {
    const tailBuffer = filled(5, 9);
    expect(sequences(tailBuffer.read(4, 1e9))).toEqual([5, 6, 7, 8, 9]);
    expect(sequences(tailBuffer.read(7, 1e9))).toEqual([8, 9]);
    expect(sequences(tailBuffer.read(9, 1e9))).toEqual([]);
  });

  test('a cursor before the buffer gets undefined', () => {
    expect(filled(5, 9).read(3, 1e9)).toBeUndefined();
  });

  test('a read returns as many entries as fit, but at least one', () => {
    const tailBuffer = filled(1, 9);
    expect(sequences(tailBuffer.read(0, 30))).toEqual([1, 2, 3]);
    expect(sequences(tailBuffer.read(0, 39))).toEqual([1, 2, 3]);
    expect(sequences(tailBuffer.read(4, 1))).toEqual([5]);
  });

  test('a backward read ends at the count, the bytes or the start of the buffer', () => {
    const tailBuffer = filled(5, 9);
    expect(sequences(tailBuffer.readBefore(0, 2, 1e9).entries)).toEqual([9, 8]);
    expect(sequences(tailBuffer.readBefore(8, 10, 1e9).entries)).toEqual([7, 6, 5]);
    expect(sequences(tailBuffer.readBefore(8, 10, 25).entries)).toEqual([7, 6]);
    expect(sequences(tailBuffer.readBefore(8, 10, 1).entries)).toEqual([7]);
    expect(sequences(tailBuffer.readBefore(5, 10, 1e9).entries)).toEqual([]);
  });

  test('sequences may have gaps', () => {
    const tailBuffer = createTailBuffer(0, roomy);
    for (const sequence of [1, 2, 7, 8]) tailBuffer.push(entry(sequence));
    expect(sequences(tailBuffer.read(3, 1e9))).toEqual([7, 8]);
    expect(sequences(tailBuffer.readBefore(5, 10, 1e9).entries)).toEqual([2, 1]);
  });
});

describe('tail buffer: evict', () => {
  test('the oldest entries are evicted at the limit of bytes or count', () => {
    const byBytes = filled(1, 9, { maxBytes: 45, maxCount: 100 });
    expect(byBytes.from()).toBe(5);
    expect(byBytes.bytes()).toBe(40);
    expect(filled(1, 9, { maxBytes: 1e9, maxCount: 3 }).from()).toBe(6);
  });

  test('the newest entry stays, whatever its size', () => {
    const tailBuffer = createTailBuffer(0, { maxBytes: 10, maxCount: 10 });
    tailBuffer.push(entry(1, 5));
    tailBuffer.push(entry(2, 1000));
    expect(sequences(tailBuffer.read(1, 10))).toEqual([2]);
  });

  test('dropBelow evicts all entries below a sequence', () => {
    const tailBuffer = filled(1, 5);
    tailBuffer.dropBelow(4);
    expect(tailBuffer.from()).toBe(3);
    expect(sequences(tailBuffer.readBefore(0, 9, 1e9).entries)).toEqual([5, 4]);
    tailBuffer.dropBelow(6);
    expect(tailBuffer.from()).toBe(5);
    expect(tailBuffer.bytes()).toBe(0);
    tailBuffer.push(entry(6));
    expect(sequences(tailBuffer.read(5, 1e9))).toEqual([6]);
  });
});

test('the tail buffer answers like a plain list after any pushes and drops', () => {
  const step = fc.oneof(
    fc.record({ push: fc.integer({ min: 1, max: 40 }), gap: fc.integer({ min: 0, max: 3 }) }),
    fc.record({ drop: fc.integer({ min: 0, max: 20 }) }),
  );
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 3000, size: 'max' }),
      fc.nat(200),
      fc.nat(200),
      (steps, maxReadBytes, back) => {
        const limits = { maxBytes: 400, maxCount: 30 };
        const tailBuffer = createTailBuffer(0, limits);
        let model: Entry[] = [];
        let from = 0;
        let last = 0;
        for (const action of steps) {
          if ('push' in action) {
            last += 1 + action.gap;
            tailBuffer.push(entry(last, action.push));
            model.push(entry(last, action.push));
          } else {
            const below = from + action.drop;
            if (below > last) continue;
            tailBuffer.dropBelow(below);
            from = Math.max(from, below - 1);
            model = model.filter(({ sequence }) => sequence >= below);
          }
          const size = (): number => model.reduce((sum, { bytes }) => sum + bytes.length, 0);
          while (model.length > 1 && (size() > limits.maxBytes || model.length > limits.maxCount)) {
            from = Math.max(from, model.shift()?.sequence ?? 0);
          }
        }
        expect(tailBuffer.from()).toBe(from);
        const after = Math.max(from, last - back);
        const following = model.filter(({ sequence }) => sequence > after);
        let total = 0;
        const fits = following.findIndex(
          (found, index) => (total += found.bytes.length) > maxReadBytes && index > 0,
        );
        const expected = following.slice(0, fits < 0 ? undefined : fits);
        expect(tailBuffer.read(after, maxReadBytes)?.map(summary)).toEqual(expected.map(summary));
      },
    ),
    { numRuns: 50 },
  );
});

const messagesOf = (room: number) => ({ room, kinds: [messageKind.message] });

test('a page of one room leaves out the other rooms, and says whether older messages may belong to it', () => {
  const tailBuffer = createTailBuffer(0, { maxBytes: 1e9, maxCount: 5 });
  for (let sequence = 1; sequence <= 6; sequence++) {
    tailBuffer.push({ ...entry(sequence), room: sequence % 2 === 0 ? 2 : 0 });
  }
  tailBuffer.push({ ...entry(7), room: 2, kind: messageKind.edit });
  expect(sequences(tailBuffer.read(2, 1e9, messagesOf(2)) ?? [])).toEqual([4, 6]);
  expect(sequences(tailBuffer.read(2, 1, lobbyMessages) ?? [])).toEqual([3]);
  expect(tailBuffer.readBefore(0, 9, 1e9, messagesOf(2))).toMatchObject({
    entries: [{ sequence: 6 }, { sequence: 4 }],
    isCut: false,
  });
  expect(sequences(tailBuffer.read(2, 1e9, { room: 2, kinds: allKinds }) ?? [])).toEqual([4, 6, 7]);
  expect(tailBuffer.count(4, messagesOf(2))).toBe(1);
  expect(tailBuffer.count(0, { room: 2, kinds: allKinds })).toBe(3);
  expect(tailBuffer.readBefore(0, 1, 1e9, lobbyMessages)).toMatchObject({
    entries: [{ sequence: 5 }],
    isCut: true,
  });
  expect(tailBuffer.readBefore(0, 9, 1, lobbyMessages)).toMatchObject({
    entries: [{ sequence: 5 }],
    isCut: true,
  });
});

test('a changed entry is replaced also where it is the last one that was dropped', () => {
  const tailBuffer = createTailBuffer(0, { maxBytes: 1e9, maxCount: 2 });
  for (let sequence = 1; sequence <= 3; sequence++) tailBuffer.push(entry(sequence));
  const removed = { ...entry(1), kind: removedKind.message, bytes: new Uint8Array(0) };
  tailBuffer.replace(removed);
  expect(tailBuffer.dropped()).toBe(removed);
  expect(sequences(tailBuffer.read(1, 1e9) ?? [])).toEqual([2, 3]);
});

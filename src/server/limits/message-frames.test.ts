import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MessageFrames } from './message-frames.js';

function frame(compressed: boolean, length: number): Buffer {
  const bytes = Buffer.alloc(5 + length, 0xff);
  bytes[0] = compressed ? 1 : 0;
  bytes.writeUInt32BE(length, 1);
  return bytes;
}

test('each message is reported with its flag and length, however the body is split', () => {
  const message = fc.tuple(fc.boolean(), fc.nat(300));
  fc.assert(
    fc.property(fc.array(message), fc.array(fc.integer({ min: 1, max: 50 })), (messages, cuts) => {
      const body = Buffer.concat(messages.map(([compressed, length]) => frame(compressed, length)));
      const announced: [boolean, number][] = [];
      const frames = new MessageFrames((...prefix) => announced.push(prefix));
      let position = 0;
      for (const cut of [...cuts, body.length]) {
        frames.read(body.subarray(position, position + cut));
        position += cut;
      }
      expect(announced).toEqual(messages);
      expect(frames.isBetweenMessages()).toBe(true);
    }),
  );
});

test('a message is reported as soon as its prefix has arrived', () => {
  const lengths: number[] = [];
  const frames = new MessageFrames((_, length) => lengths.push(length));
  frames.read(Buffer.of(0, 0xff, 0xff, 0xff));
  expect(lengths).toEqual([]);
  frames.read(Buffer.of(0xff));
  expect(lengths).toEqual([0xffffffff]);
  expect(frames.isBetweenMessages()).toBe(false);
});

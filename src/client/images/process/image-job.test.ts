import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { PassThrough, Readable } from 'node:stream';
import { readFrames, writeFrame, type Frame } from './image-job.js';

function written(frames: readonly Frame[]): Buffer {
  const pipe = new PassThrough({ highWaterMark: 1_000_000 });
  for (const frame of frames) writeFrame(pipe, frame);
  return (pipe.read() as Buffer | null) ?? Buffer.alloc(0);
}

/** The same bytes in pieces of `size`. */
function inPieces(bytes: Buffer, size: number): Readable {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size));
  return Readable.from(pieces);
}

async function read(pipe: AsyncIterable<Uint8Array>, maxBytes = 1000): Promise<Frame[]> {
  const frames: Frame[] = [];
  for await (const frame of readFrames(pipe, maxBytes)) frames.push(frame);
  return frames;
}

test('readFrames returns the written frames however the pipe cuts them', async () => {
  const frame = fc.record({
    header: fc.record({ kind: fc.string() }),
    body: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(frame, { maxLength: 4 }),
      fc.integer({ min: 1, max: 300 }),
      async (frames, size) => {
        expect(await read(inPieces(written(frames), size))).toEqual(frames);
      },
    ),
  );
});

test('readFrames omits an incomplete frame', async () => {
  const whole = written([{ header: 'a', body: Buffer.from('one') }]);
  const cut = whole.subarray(0, whole.length - 1);
  expect(await read(inPieces(Buffer.concat([whole, cut]), 5))).toEqual([
    { header: 'a', body: Buffer.from('one') },
  ]);
});

test('readFrames rejects a length over the limit before it allocates memory', async () => {
  const lengths = Buffer.from([0, 0, 0, 2, 0xff, 0xff, 0xff, 0xff]);
  await expect(read(Readable.from([lengths]))).rejects.toThrow('too large');
});

import { PassThrough, Readable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readAll, readLine } from './read-input.js';

const streamOf = (...chunks: string[]) => Readable.from(chunks.map((chunk) => Buffer.from(chunk)));

async function linesOf(stream: Readable, maxBytes = 1000): Promise<string[]> {
  const lines: string[] = [];
  for (;;) {
    const read = await readLine(stream, maxBytes);
    if (typeof read === 'string') return read === 'end' ? lines : [...lines, read];
    lines.push(read.line.toString());
  }
}

describe('readLine', () => {
  test('leaves the rest for the next reader', async () => {
    const stream = streamOf('secret\r\nthe te', 'xt\n');
    expect(await readLine(stream, 100)).toEqual({ line: Buffer.from('secret') });
    expect((await readAll(stream, 100))?.toString()).toBe('the text\n');
  });

  test('returns the same lines for any division into chunks', async () => {
    const line = fc.stringMatching(/^[a-zä ]{0,6}$/);
    await fc.assert(
      fc.asyncProperty(fc.array(line), fc.integer({ min: 1, max: 7 }), async (lines, size) => {
        const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(''));
        const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
          bytes.subarray(index * size, (index + 1) * size),
        );
        expect(await linesOf(Readable.from(chunks))).toEqual(lines);
      }),
    );
  });

  test('returns a last line without a line end, and distinguishes the end from an empty line', async () => {
    expect(await linesOf(streamOf('\nlast'))).toEqual(['', 'last']);
    expect(await linesOf(streamOf())).toEqual([]);
  });

  test('rejects a line that is too long before its end arrives', async () => {
    const endless = new PassThrough();
    endless.write('x'.repeat(11));
    expect(await readLine(endless, 10)).toBe('too-long');
  });

  test('rejects when the stream fails', async () => {
    const broken = new Readable({ read: () => broken.destroy(new Error('EIO')) });
    await expect(readLine(broken, 10)).rejects.toThrow('EIO');
  });
});

test('readAll returns the rest of the stream, or undefined if it is too large', async () => {
  expect((await readAll(streamOf('12', '345'), 5))?.toString()).toBe('12345');
  expect(await readAll(streamOf('12', '3456'), 5)).toBeUndefined();
});

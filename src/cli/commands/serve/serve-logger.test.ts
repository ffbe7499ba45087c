import { describe, expect, test } from '@jest/globals';
import { manualClock, settled } from '../../../../test/support/manual-clock.js';
import { createLogSink } from './serve-logger.js';

/** A sink over a file that accepts a number of bytes, or fails. */
function opened() {
  const clock = manualClock();
  const file = { text: '', acceptedBytes: Infinity, code: 'ENOSPC', writes: 0, hangs: false };
  const sink = createLogSink({
    clock,
    write(bytes) {
      file.writes++;
      if (file.hangs) return new Promise(() => undefined);
      const count = Math.min(file.acceptedBytes, bytes.length);
      if (count === 0) return Promise.reject(Object.assign(new Error(file.code), { code: file.code }));
      file.acceptedBytes -= count;
      file.text += Buffer.from(bytes.subarray(0, count)).toString();
      return Promise.resolve(count);
    },
    describeLoss: (lines, reason) =>
      `lost ${lines}: ${reason instanceof Error ? reason.message : 'too slow'}\n`,
  });
  return { clock, file, sink };
}

describe('the log sink', () => {
  test('writes lines in order, and waiting ones in one write', async () => {
    const { file, sink } = opened();
    for (let line = 1; line <= 50; line++) sink.write(`${line}\n`);
    await sink.flushed();
    expect(file.text).toBe(Array.from({ length: 50 }, (_, index) => `${index + 1}\n`).join(''));
    expect(file.writes).toBe(2);
  });

  test.each(['ENOSPC', 'EIO', 'EDQUOT', 'EFBIG', 'EPIPE', 'EBADF', 'EROFS'])(
    'loses lines on %s, tries each once, and reports the loss once when writing works again',
    async (code) => {
      const { file, sink } = opened();
      Object.assign(file, { acceptedBytes: 0, code });
      for (let line = 1; line <= 3; line++) {
        sink.write(`${line}\n`);
        await sink.flushed();
      }
      expect(file.writes).toBe(3);
      file.acceptedBytes = Infinity;
      for (const line of ['4\n', '5\n']) {
        sink.write(line);
        await sink.flushed();
      }
      expect(file.text).toBe(`lost 3: ${code}\n4\n5\n`);
    },
  );

  test('reports a loss again if its report was lost too', async () => {
    const { file, sink } = opened();
    for (const acceptedBytes of [0, 0, 5]) {
      file.acceptedBytes = acceptedBytes;
      sink.write('line\n');
      await sink.flushed();
    }
    file.acceptedBytes = Infinity;
    sink.write('last\n');
    await sink.flushed();
    expect(file.text).toBe('lost \nlost 3: ENOSPC\nlast\n');
  });

  test('ends a partly written line before the next one', async () => {
    const { file, sink } = opened();
    file.acceptedBytes = 8;
    sink.write('first\n');
    sink.write('second\n');
    await sink.flushed();
    file.acceptedBytes = Infinity;
    sink.write('third\n');
    await sink.flushed();
    expect(file.text).toBe('first\nse\nlost 1: ENOSPC\nthird\n');
  });

  test('waits without loss while the descriptor accepts nothing', async () => {
    const { clock, file, sink } = opened();
    Object.assign(file, { acceptedBytes: 3, code: 'EAGAIN' });
    sink.write('first\n');
    await settled();
    expect(file.text).toBe('fir');
    file.acceptedBytes = Infinity;
    await clock.advance(100);
    await sink.flushed();
    expect(file.text).toBe('first\n');
  });

  test('buffers a bounded amount for a stalled reader', async () => {
    const { clock, file, sink } = opened();
    Object.assign(file, { acceptedBytes: 0, code: 'EAGAIN' });
    const line = `${'x'.repeat(1023)}\n`;
    for (let count = 0; count < 10_000; count++) sink.write(line);
    await settled();
    file.acceptedBytes = Infinity;
    await clock.advance(100);
    await sink.flushed();
    sink.write('last\n');
    await sink.flushed();
    const kept = file.text.split('\n').filter((text) => text.startsWith('x')).length;
    expect(kept).toBe(4096);
    expect(file.text).toContain(`lost ${10_000 - kept}: too slow\n`);
    expect(file.text.endsWith('last\n')).toBe(true);
  });
});

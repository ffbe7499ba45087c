import { afterEach, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { imageSize } from '../../src/client/images/decode/image-header.js';
import { loadSharp } from '../../src/client/images/decode/decode.js';
import {
  createImageProcess,
  type ImageProcessOptions,
  startProcess,
  type JobProcess,
} from '../../src/client/images/process/image-process.js';
import { temporaryFolder } from '../chat-process.js';

const sharp = await loadSharp();
const image = await sharp({ create: { width: 40, height: 20, channels: 3, background: 'teal' } })
  .png()
  .toBuffer();
const job = { kind: 'png', width: 10, height: 5 } as const;

const started: JobProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

/** Kills its processes after the test. */
function ofTest(options: ImageProcessOptions = {}) {
  const start = () => {
    const child = startProcess();
    started.push(child);
    return child;
  };
  return createImageProcess({ start, ...options });
}

test('the first job starts the process, and it runs all jobs in order', async () => {
  const worker = ofTest();
  expect(started).toHaveLength(0);
  const done: number[] = [];
  const widths = [30, 20, 10];
  await Promise.all(
    widths.map(async (width) => {
      const { bytes } = await worker.run({ kind: 'png', width, height: width / 2 }, image);
      expect(imageSize(bytes)).toEqual({ width, height: width / 2 });
      done.push(width);
    }),
  );
  expect(done).toEqual(widths);
  expect(started).toHaveLength(1);
});

test('a failure has the same message as in this process, and the next job succeeds', async () => {
  const worker = ofTest();
  await expect(worker.run(job, image.subarray(0, 50))).rejects.toMatchObject({
    code: 'message-refused',
    message: 'the image is damaged',
  });
  await worker.run(job, image);
  expect(started).toHaveLength(1);
});

test('the process reads files and reports the same errors as this process', async () => {
  const worker = ofTest();
  const file = join(temporaryFolder(), 'an image.png');
  await writeFile(file, image);
  const prepare = { kind: 'prepare-file', path: file, maxBytes: 10_000 } as const;
  const { bytes } = await worker.run(prepare, new Uint8Array());
  expect(imageSize(bytes)).toEqual({ width: 40, height: 20 });
  await expect(worker.run({ ...prepare, path: `${file}.gone` }, new Uint8Array())).rejects.toMatchObject({
    code: 'not-found',
    message: `${file}.gone: no such file`,
  });
});

test('a process that dies fails its job, and the next job starts another process', async () => {
  const worker = ofTest();
  await worker.run(job, image);
  const [first] = started;
  const failed = worker.run(job, image);
  first?.kill('SIGKILL');
  await expect(failed).rejects.toMatchObject({ code: 'internal', message: 'the image decoder has failed' });
  expect(imageSize((await worker.run(job, image)).bytes)).toEqual({ width: 10, height: 5 });
  expect(started).toHaveLength(2);
});

test('a job over the timeout fails and its process is killed', async () => {
  // No process starts within a millisecond.
  const worker = ofTest({ timeoutMs: 1 });
  await expect(worker.run(job, image)).rejects.toMatchObject({
    code: 'timed-out',
    message: 'the image takes too long to read or decode',
  });
  expect(started.map(({ killed }) => killed)).toEqual([true]);
});

test('a killed process that keeps its pipes, as in a dead network drive, blocks no job', async () => {
  const start = () => {
    const holder = ['-c', 'sleep 60 & exec sleep 60'];
    const child = spawn('sh', holder, { stdio: ['pipe', 'pipe', 'ignore'], detached: true });
    started.push(child);
    return child;
  };
  const worker = createImageProcess({ start, timeoutMs: 100 });
  for (const count of [1, 2]) {
    await expect(worker.run(job, image)).rejects.toMatchObject({ code: 'timed-out' });
    expect(started).toHaveLength(count);
  }
  for (const { pid } of started) if (pid !== undefined) process.kill(-pid, 'SIGKILL');
});

test('the process ends when it is idle', async () => {
  const worker = ofTest({ idleTimeoutMs: 1 });
  await worker.run(job, image);
  const [first] = started;
  if (first?.exitCode === null && first.signalCode === null) await once(first, 'exit');
  expect(first?.signalCode).toBe('SIGKILL');
});

test('a program that cannot be started fails the job without a crash', async () => {
  const worker = createImageProcess({
    start: () => spawn('/no/such/program', { stdio: ['pipe', 'pipe', 'ignore'] }),
  });
  await expect(worker.run(job, image)).rejects.toMatchObject({ code: 'internal' });
});

test('the process ends with its client, even in the middle of a job', async () => {
  const worker = ofTest();
  await worker.run(job, image);
  const [first] = started;
  first?.stdin.destroy();
  if (first?.signalCode === null) await once(first, 'exit');
  expect(first?.signalCode).toBe('SIGKILL');
});

test.each(['half-blocks', 'sixel', 'prepare'] as const)('the process runs %s jobs', async (kind) => {
  const all = {
    'half-blocks': { kind: 'half-blocks', columns: 4, rows: 2, depth: '256' },
    sixel: { kind: 'sixel', width: 12, height: 12, stripHeight: 12 },
    prepare: { kind: 'prepare', maxBytes: 10_000 },
  } as const;
  const { bytes } = await ofTest().run(all[kind], image);
  expect(Buffer.from(bytes).toString('latin1')).toMatch(
    { 'half-blocks': /^\x1b\[/, sixel: /^\x1bP/, prepare: /^\x89PNG/ }[kind],
  );
});

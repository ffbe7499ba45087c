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
const picture = await sharp({ create: { width: 40, height: 20, channels: 3, background: 'teal' } })
  .png()
  .toBuffer();
const job = { kind: 'png', width: 10, height: 5 } as const;

const started: JobProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

/** One whose processes end with the test. */
function ofTest(options: ImageProcessOptions = {}) {
  const start = () => {
    const child = startProcess();
    started.push(child);
    return child;
  };
  return createImageProcess({ start, ...options });
}

test('there is no process until there is work, and then one for all of it, in order', async () => {
  const pictures = ofTest();
  expect(started).toHaveLength(0);
  const done: number[] = [];
  const widths = [30, 20, 10];
  await Promise.all(
    widths.map(async (width) => {
      const { bytes } = await pictures.run({ kind: 'png', width, height: width / 2 }, picture);
      expect(imageSize(bytes)).toEqual({ width, height: width / 2 });
      done.push(width);
    }),
  );
  expect(done).toEqual(widths);
  expect(started).toHaveLength(1);
});

test('a failure says the same as in this process, and the next picture is none the worse', async () => {
  const pictures = ofTest();
  await expect(pictures.run(job, picture.subarray(0, 50))).rejects.toMatchObject({
    code: 'message-refused',
    message: 'the image is damaged',
  });
  await pictures.run(job, picture);
  expect(started).toHaveLength(1);
});

test('a file is read there, and what is wrong with it is told as in this process', async () => {
  const pictures = ofTest();
  const file = join(temporaryFolder(), 'a picture.png');
  await writeFile(file, picture);
  const prepare = { kind: 'prepare-file', path: file, maxBytes: 10_000 } as const;
  const { bytes } = await pictures.run(prepare, new Uint8Array());
  expect(imageSize(bytes)).toEqual({ width: 40, height: 20 });
  await expect(pictures.run({ ...prepare, path: `${file}.gone` }, new Uint8Array())).rejects.toMatchObject({
    code: 'not-found',
    message: `${file}.gone: no such file`,
  });
});

test('a process that ends in the middle fails its picture, and the next one starts another', async () => {
  const pictures = ofTest();
  await pictures.run(job, picture);
  const [first] = started;
  const failed = pictures.run(job, picture);
  first?.kill('SIGKILL');
  await expect(failed).rejects.toMatchObject({ code: 'internal', message: 'the image decoder has failed' });
  expect(imageSize((await pictures.run(job, picture)).bytes)).toEqual({ width: 10, height: 5 });
  expect(started).toHaveLength(2);
});

test('a job that takes longer than it may ends with its process', async () => {
  // No process starts within a millisecond.
  const pictures = ofTest({ timeLimit: 1 });
  await expect(pictures.run(job, picture)).rejects.toMatchObject({
    code: 'timed-out',
    message: 'the image takes too long to read or decode',
  });
  expect(started.map(({ killed }) => killed)).toEqual([true]);
});

test('a killed process that keeps its pipes, as one that hangs in a dead drive does, holds up no picture', async () => {
  const start = () => {
    const holder = ['-c', 'sleep 60 & exec sleep 60'];
    const child = spawn('sh', holder, { stdio: ['pipe', 'pipe', 'ignore'], detached: true });
    started.push(child);
    return child;
  };
  const pictures = createImageProcess({ start, timeLimit: 100 });
  for (const count of [1, 2]) {
    await expect(pictures.run(job, picture)).rejects.toMatchObject({ code: 'timed-out' });
    expect(started).toHaveLength(count);
  }
  for (const { pid } of started) if (pid !== undefined) process.kill(-pid, 'SIGKILL');
});

test('without work the process ends', async () => {
  const pictures = ofTest({ idleLimit: 1 });
  await pictures.run(job, picture);
  const [first] = started;
  if (first?.exitCode === null && first.signalCode === null) await once(first, 'exit');
  expect(first?.signalCode).toBe('SIGKILL');
});

test('a program that cannot be started is a failure, not a crash', async () => {
  const pictures = createImageProcess({
    start: () => spawn('/no/such/program', { stdio: ['pipe', 'pipe', 'ignore'] }),
  });
  await expect(pictures.run(job, picture)).rejects.toMatchObject({ code: 'internal' });
});

test('the process ends when its client is gone, whatever it is doing', async () => {
  const pictures = ofTest();
  await pictures.run(job, picture);
  const [first] = started;
  first?.stdin.destroy();
  if (first?.signalCode === null) await once(first, 'exit');
  expect(first?.signalCode).toBe('SIGKILL');
});

test.each(['half-blocks', 'sixel', 'prepare'] as const)('%s come from there', async (kind) => {
  const all = {
    'half-blocks': { kind: 'half-blocks', columns: 4, rows: 2, depth: '256' },
    sixel: { kind: 'sixel', width: 12, height: 12, stripHeight: 12 },
    prepare: { kind: 'prepare', maxBytes: 10_000 },
  } as const;
  const { bytes } = await ofTest().run(all[kind], picture);
  expect(Buffer.from(bytes).toString('latin1')).toMatch(
    { 'half-blocks': /^\x1b\[/, sixel: /^\x1bP/, prepare: /^\x89PNG/ }[kind],
  );
});

import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { runChat, temporaryFolder, type Ended } from '../chat-process.js';
import { testOnSmallDisk } from './small-disk.js';

const disk = temporaryFolder();

/** Uses up the free space. */
async function fill(file: string): Promise<void> {
  for (let size = 4096 * 1024; size >= 1024; size /= 2) {
    const chunk = new Uint8Array(size);
    for (;;) {
      try {
        await writeFile(file, chunk, { flag: 'a' });
      } catch {
        break;
      }
    }
  }
}

testOnSmallDisk(
  disk,
  'accounts do not change on a full disk, and change again once there is space',
  async () => {
    const data = join(disk, 'data');
    const users = (...args: string[]): Promise<Ended> =>
      runChat(['users', ...args, '--password-stdin', '--data', data], { input: 'long enough\n' });
    expect(await users('add', 'anna')).toMatchObject({ code: 0 });
    const files = await readdir(data);
    const before = await readFile(join(data, 'accounts.json'), 'utf8');
    await fill(join(disk, 'ballast'));
    for (const args of [
      ['add', 'bert'],
      ['passwd', 'anna'],
      ['add', 'carl'],
    ]) {
      const start = performance.now();
      const ended = await users(...args);
      expect(ended).toMatchObject({ code: 1, stdout: '' });
      expect(ended.stderr).toMatch(/^chat: [^\n]*no space left[^\n]*Free some space[^\n]*\n$/);
      // A lock that was left behind would delay the next command.
      expect(performance.now() - start).toBeLessThan(8000);
      expect(await readdir(data)).toEqual(files);
    }
    expect(await readFile(join(data, 'accounts.json'), 'utf8')).toBe(before);
    await rm(join(disk, 'ballast'));
    expect(await users('add', 'bert')).toMatchObject({ code: 0 });
  },
);

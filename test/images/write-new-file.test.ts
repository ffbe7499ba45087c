import { randomBytes } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import sharp from 'sharp';
import { runChat, startServe, temporaryFolder } from '../chat-process.js';
import { saveAs } from '../../src/client/images/save-image.js';
import { testOnSmallDisk } from '../server/small-disk.js';

const disk = temporaryFolder();
const filler = join(disk, 'filler');
const env = { CHAT_USER: 'user1', CHAT_PASSWORD: 'qwerty' };

/** Uses all free space. */
async function fill(): Promise<void> {
  await writeFile(filler, Buffer.alloc(32 * 1024 * 1024)).catch(() => undefined);
}

testOnSmallDisk(
  disk,
  'an image saved on a full disk leaves nothing, and gets its name when there is space',
  async () => {
    const server = await startServe(['--store', 'memory']);
    const image = join(temporaryFolder(), 'in.png');
    await sharp(randomBytes(200 * 200 * 3), { raw: { width: 200, height: 200, channels: 3 } })
      .png()
      .toFile(image);
    expect(await runChat(['send', server.address, '--image', image], { env })).toMatchObject({ code: 0 });
    const save = () => runChat(['connect', server.address, '--once', '--save-images', disk], { env });

    await fill();
    const { stderr } = await save();
    expect(stderr).toContain('no space left on the device');
    await expect(saveAs(join(disk, 'mine.png'), await readFile(image))).rejects.toThrow('the disk is full');
    expect(await readdir(disk)).toEqual(['filler']);

    await rm(filler);
    expect(await save()).toMatchObject({ stderr: '' });
    await save();
    expect(await readdir(disk)).toEqual(['chat-1.png']);
    expect((await readFile(join(disk, 'chat-1.png'))).equals(await readFile(image))).toBe(true);
  },
);

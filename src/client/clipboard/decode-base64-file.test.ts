import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { decodeBase64File } from './decode-base64-file.js';

let folder = '';
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'chat-test-'))));
afterAll(() => rm(folder, { recursive: true }));

async function decoded(text: string, from = 0): Promise<Buffer> {
  const path = join(folder, 'file');
  await writeFile(path, text);
  await decodeBase64File(path, from);
  return readFile(path);
}

test.each([0, 1, 2, 3, 4, 5, 786_431, 786_432, 786_433, 3_000_000])(
  '%i bytes come out as they went in',
  async (length) => {
    const bytes = Buffer.alloc(length, 'whatever it is');
    expect((await decoded(`image\r\n${bytes.toString('base64')}\r\n`, 7)).equals(bytes)).toBe(true);
  },
);

test('a file that ends before it begins becomes an empty one', async () => {
  expect(await decoded('image', 7)).toHaveLength(0);
});

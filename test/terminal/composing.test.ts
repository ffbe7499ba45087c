import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { temporaryFolder } from '../chat-process.js';
import { startTestServer } from '../server/test-server.js';
import { joined } from './joined.js';

let address = '';
beforeAll(async () => {
  ({ address } = await startTestServer());
});

async function folderOfImages(): Promise<string> {
  const folder = temporaryFolder();
  await mkdir(join(folder, 'images', 'holidays'), { recursive: true });
  const square = { width: 8, height: 8, channels: 3, background: '#fff' } as const;
  const png = await sharp({ create: square }).png().toBuffer();
  for (const name of ['my cat.png', 'my dog.png', 'notes.txt', '.hidden.png', 'bad\u001b[2Jname.png']) {
    await writeFile(join(folder, 'images', name), png);
  }
  return join(folder, 'images');
}

test('the draft wraps at words, and Up moves by rows before it recalls what was sent', async () => {
  const client = await joined(address, 'user1', { columns: 40, rows: 12 });
  client.write('The draft is wrapped at its words, not in them');
  await client.until((text) => /│ The draft is wrapped at its words, +│\n│ not in them +│/.test(text));
  client.write('\u001b[A');
  client.write('X');
  await client.until((text) => text.includes('│ The draft iXs wrapped'));
});

describe('while a command is written', () => {
  test.each([
    [80, 24, 6],
    [40, 12, 3],
    [20, 6, 1],
  ])(
    'at %d×%d a list shows %d commands that fit, and Enter and Up keep their meaning',
    async (columns, rows, count) => {
      const client = await joined(address, 'user2', { columns, rows });
      client.write('/');
      await client.until((text) => text.includes('/help'));
      expect(client.screen().filter((row) => /^ \/\w/.test(row))).toHaveLength(count);
      client.write('rec');
      await client.until((text) => text.includes('/reconnect') && !text.includes('/help'));
      client.write('\u0015/them');
      await client.until((text) => text.includes('/theme auto'));
      client.write('\t');
      client.write('d\t\r');
      await client.until((text) => text.includes('Using colours') || text.includes('Using col'));
      expect(client.text()).not.toContain('/theme auto');
    },
  );

  test('Tab completes paths of images and directories, never hidden or hostile ones', async () => {
    const folder = await folderOfImages();
    const client = await joined(address, 'user1');
    client.write(`/image ${folder}/\t`);
    await client.until((text) => text.includes('holidays/') && text.includes('my dog.png'));
    expect(client.text()).not.toMatch(/notes|hidden|name\.png/);
    client.write('m\t');
    await client.until((text) => /my +│/.test(text));
    client.write('\t\t');
    await client.until((text) => /my dog\.png +│/.test(text));
    client.write('\r');
    await client.until((text) => /│ my dog\.png · 8×8 · \d+ B/.test(text));
    await client.until((text) => text.includes('Enter sends the image · Esc removes it'));
    client.write('look');
    await client.until((text) => text.includes('Enter send · Esc remove the image'));
    client.write('\u001b');
    await client.until((text) => !text.includes('my dog.png'));
  });
});

test.each([
  ['/image /nope', '/nope: no such file'],
  ['/save 99', 'There is no image 99 here.'],
  ['/nonsense', 'Unknown command /nonsense'],
])('%s fails, and stays in the composer to be corrected', async (command, reason) => {
  const client = await joined(address, 'user3');
  client.write(command);
  await client.until((text) => text.includes(`│ ${command}`));
  client.write('\r');
  await client.until((text) => text.includes(reason) && text.includes(`│ ${command} `));
  client.write('X');
  await client.until((text) => text.includes(`│ ${command}X `));
});

test.each([
  [80, 24],
  [20, 6],
])('at %d×%d F1 has headings, and scrolls to its end', async (columns, rows) => {
  const client = await joined(address, 'user4', { columns, rows });
  client.write('\u001bOP');
  await client.until((text) => text.includes('Moving in the'));
  const seen = new Set<string>();
  const headings = ['Writing', 'Selected message', 'Images', 'Search', 'Commands', 'General'];
  while (!client.text().includes('slash.')) {
    for (const row of client.screen()) seen.add(row.trim());
    const before = client.text();
    client.write('\u001b[B');
    await client.until((text) => text !== before);
  }
  for (const row of client.screen()) seen.add(row.trim());
  expect([...seen]).toEqual(expect.arrayContaining(headings));
  client.write('\u001b');
  await client.until((text) => !text.includes('slash.'));
});

test('without EDITOR the first usual editor in PATH edits the draft', async () => {
  const folder = temporaryFolder();
  await writeFile(join(folder, 'nano'), '#!/bin/sh\necho "by nano" > "$1"\n', { mode: 0o755 });
  const client = await joined(address, 'user5', { env: { PATH: folder } });
  client.write('a draft\u0018\u0005');
  await client.until((text) => text.includes('│ by nano'));
});

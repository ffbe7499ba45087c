import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import sharp from 'sharp';
import { temporaryFolder } from '../chat-process.js';
import { startTestServer } from '../server/test-server.js';
import { startReferenceServer } from '../client/reference-server.js';
import { say, sayImage } from './joined.js';
import { startTerminal } from './terminal-program.js';

const password = { CHAT_PASSWORD: 'qwerty' };

async function image(): Promise<Buffer> {
  return sharp({ create: { width: 60, height: 40, channels: 3, background: 'green' } })
    .png()
    .toBuffer();
}

/** A client in a room whose second message is an image. */
async function joined(env: Readonly<Record<string, string>> = {}) {
  const { address } = await startTestServer();
  await say(address, 'user2', 'look at this');
  await sayImage(address, 'user2', await image());
  const client = startTerminal(['connect', address, '--user', 'user1'], { env: { ...password, ...env } });
  await client.until((text) => text.includes('image 2 · 60×40'));
  return { client, address };
}

test('/save writes chat-N.png for its owner only, and never over a file', async () => {
  const { client } = await joined();
  const folder = temporaryFolder();
  client.write(`/save 2 ${folder}\r`);
  const file = join(folder, 'chat-2.png');
  await client.until((text) => text.includes('Saved ') && text.includes('chat-2.png'));
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect((await sharp(await readFile(file)).metadata()).width).toBe(60);
  client.write(`/save 2 ${folder}\r`);
  await client.until((text) => text.includes('chat-2.png exists'));
  client.write('\u0015/save 99\r');
  await client.until((text) => text.includes('There is no image 99 here.'));
});

test('/open and the o of a selected message pass a private file to the opener', async () => {
  const folder = temporaryFolder();
  const opener = join(folder, 'my opener');
  await writeFile(opener, `#!/bin/sh\nprintf '%s\\n' "$@" >> '${folder}/opened'\n`);
  await chmod(opener, 0o700);
  const { client } = await joined({ CHAT_OPENER: `'${opener}' --new` });
  client.write('/open 2\r');
  await client.until((text) => text.includes('Opened image 2.'));
  client.write('\u001b[1;3A');
  await client.until((text) => /^▌.*image 2/m.test(text) && text.includes('o open'));
  client.write('o');
  await client.until((text) => text.includes('Opened image 2.'));
  client.write('\u001b');
  await client.until((text) => !text.includes('▌'));
  const opened = async () => (await readFile(join(folder, 'opened'), 'utf8')).trim().split('\n');
  const [option, file = ''] = await opened();
  expect(option).toBe('--new');
  expect(await opened()).toHaveLength(4);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  client.write('\u0004');
  expect(await client.exitCode).toBe(0);
  await expect(stat(file)).rejects.toThrow('ENOENT');
});

test('a missing opener is reported with an alternative', async () => {
  const { client } = await joined({ CHAT_OPENER: 'no-such-opener' });
  client.write('/open 2\r');
  await client.until((text) => text.includes('no-such-opener cannot be started. Use /save N'));
});

/** A PNG with an arbitrary header. */
function pngOf(width: number, height: number, rest: Buffer): Buffer {
  const bytes = Buffer.from(rest);
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  return bytes;
}

async function hostileImages(): Promise<Record<string, Buffer>> {
  const good = await image();
  const bitmap = Buffer.alloc(1000);
  bitmap.write('BM');
  bitmap.writeInt32LE(50_000, 18);
  bitmap.writeInt32LE(50_000, 22);
  return {
    'bomb.png': pngOf(20_000, 20_000, good),
    'wrong-size.png': pngOf(6_000, 6_000, good),
    'truncated.png': good.subarray(0, good.length - 30),
    'bitmap.png': bitmap,
    'drawing.png': Buffer.from(
      '<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>',
    ),
    'empty.png': Buffer.alloc(0),
    'two-things.png': Buffer.concat([good, Buffer.from('\u001b]0;owned\u0007<script>alert(1)</script>')]),
  };
}

test('malicious images are shown as captions, whatever the server accepted', async () => {
  const server = await startReferenceServer();
  const address = `127.0.0.1:${server.port}`;
  const client = startTerminal(['connect', address, '--user', 'user1'], { rows: 40, env: password });
  await client.until((text) => text.includes('· connected'));
  const images = Object.values(await hostileImages());
  for (const content of images) await sayImage(address, 'user1', content);
  const last = images.length;
  await client.until((text) => text.includes(`image ${last} · 60×40`) && text.includes('▄'));
  await client.until(
    (text) => text.match(/image \d · damaged|image \d · .*megapixels/g)?.length === last - 1,
  );
  expect(client.raw()).not.toContain('owned');
  client.write(`/save 1 ${temporaryFolder()}\r`);
  await client.until((text) => text.includes('the image is 20000×20000: over 40 megapixels'));
  client.write('\u0015still here');
  await client.until((text) => text.includes('│ still here'));
});

test('malicious images do not become attachments', async () => {
  const { client } = await joined();
  const folder = temporaryFolder();
  const { 'two-things.png': twoThings = Buffer.alloc(0), ...refused } = await hostileImages();
  for (const [name, bytes] of Object.entries(refused)) {
    await writeFile(join(folder, name), bytes);
    client.write(`/image ${join(folder, name)}\r`);
    await client.until((text) => /image is (damaged|empty|\d+×\d+: over)|(BMP|SVG) images cannot/.test(text));
    // The command stays in the composer.
    client.write('\u0015');
    await client.until(
      (text) => !/image is (damaged|empty|\d+×\d+: over)|(BMP|SVG) images cannot/.test(text),
    );
  }
  expect(client.text()).toContain('type a message');
  await writeFile(join(folder, 'two-things.png'), twoThings);
  client.write(`/image ${join(folder, 'two-things.png')}\r`);
  const { length } = await image();
  await client.until((text) => text.includes(`│ two-things.png · 60×40 · ${length} B`));
});

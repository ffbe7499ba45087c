import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { runChat, startServe, temporaryFolder, type ServerProcess } from '../chat-process.js';
import { startDelayedRelay } from '../support/delayed-relay.js';

const env = { CHAT_USER: 'user1', CHAT_PASSWORD: 'qwerty' };
let server: ServerProcess;
let imageFile: string;

beforeAll(async () => {
  server = await startServe(['--store', 'memory', '--rate', '0']);
  imageFile = join(temporaryFolder(), 'noise.png');
  const noise = { type: 'gaussian', mean: 128, sigma: 60 } as const;
  const image = sharp({ create: { width: 1150, height: 1150, channels: 3, background: 'red', noise } });
  writeFileSync(imageFile, await image.png().toBuffer());
});

describe('a server 100 ms away', () => {
  test('stores a large image within its time limit, and returns it quickly', async () => {
    const relay = await startDelayedRelay(Number(server.address.split(':').at(-1)), 100);
    const address = `127.0.0.1:${relay.port}`;
    for (let count = 0; count < 2; count++) {
      const sent = await runChat(['send', address, '--image', imageFile], { env });
      expect(sent).toMatchObject({ code: 0, stderr: '' });
    }

    const began = performance.now();
    const { stdout, code } = await runChat(['connect', address, '--once'], { env });
    expect(stdout).toMatch(/^\S+ <user1> \[.*3\.\d MB.*\]\n\S+ <user1> \[.*3\.\d MB.*\]\n$/);
    expect(code).toBe(0);
    // With the initial window of HTTP/2, 64 KiB, 7 MB would take over 20 s.
    expect(performance.now() - began).toBeLessThan(18_000);
    await relay.close();
  });
});

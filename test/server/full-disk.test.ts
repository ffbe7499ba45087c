import { status } from '@grpc/grpc-js';
import { randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { simpleChatName } from '../../src/shared/services.js';
import { startServe, temporaryFolder } from '../chat-process.js';
import { check, withBareClient } from './health-client.js';
import { portOf } from './server-process.js';
import { testOnSmallDisk } from './small-disk.js';
import { loginMetadata, textDraft, withClient, type TestClient } from './test-client.js';

const disk = temporaryFolder();
const mebibyte = 1024 * 1024;

/** Sends until the disk is full; returns the sequences and the status of the rejected message. */
async function sendUntilFull(client: TestClient): Promise<{ sequences: number[]; code: number }> {
  const sequences: number[] = [];
  for (;;) {
    const { status: answer } = await client.send(textDraft(randomBytes(12_000).toString('base64')));
    if (answer.code !== status.OK) return { sequences, code: answer.code };
    sequences.push(Number(answer.metadata.get('sequence')[0]));
  }
}

async function healthIs(port: number, wanted: string): Promise<void> {
  await withBareClient(port, async (client) => {
    while ((await check(client, simpleChatName)) !== wanted);
    expect(await check(client, '')).toBe('SERVING');
  });
}

testOnSmallDisk(
  disk,
  'a server on a full disk rejects messages, continues to serve readers, and recovers',
  async () => {
    const data = join(disk, 'data');
    const server = await startServe(['--rate', '0'], { data });
    const port = portOf(server);
    await withClient(port, async (client) => {
      const live = client.subscribe();
      await live.opened();
      await writeFile(join(disk, 'ballast'), new Uint8Array(16 * mebibyte));
      const { sequences: answered, code } = await sendUntilFull(client);
      expect(code).toBe(status.UNAVAILABLE);
      expect(answered.length).toBeGreaterThan(0);
      expect((await client.send(textDraft('refused', { id: 'later' }))).status.code).toBe(status.UNAVAILABLE);
      await healthIs(port, 'NOT_SERVING');

      const reader = client.subscribe(
        loginMetadata('user2', 'qwerty', { 'log-id': live.value('log-id') ?? '', 'resume-after': '0' }),
      );
      await reader.until(() => reader.messages().length >= answered.length);
      expect(reader.messages().map(({ sequence }) => sequence)).toEqual(answered);
      expect(live.status).toBeUndefined();
      await rm(join(disk, 'ballast'));
      await healthIs(port, 'SERVING');
      const again = await client.send(textDraft('refused', { id: 'later' }));
      expect(again.status.code).toBe(status.OK);
      const last = Number(again.status.metadata.get('sequence')[0]);
      await live.until(() => live.messages().at(-1)?.sequence === last);
      const sequences = live.messages().map(({ sequence }) => sequence);
      expect(sequences).toEqual(Array.from({ length: last }, (_, index) => index + 1));
      expect(live.messages().filter(({ id }) => id === 'later')).toHaveLength(1);
    });
    expect(server.stderr()).toMatch(/messages cannot be stored/);
    expect(server.stderr()).toMatch(/messages can be stored again/);
    server.kill('SIGTERM');
    expect((await server.ended).code).toBe(0);
  },
);

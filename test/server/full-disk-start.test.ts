import { status } from '@grpc/grpc-js';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { simpleChatName } from '../../src/shared/services.js';
import { startServe, temporaryFolder, type ServerProcess } from '../chat-process.js';
import { check, withBareClient } from './health-client.js';
import { portOf } from './server-process.js';
import { testOnSmallDisk } from './small-disk.js';
import { loginMetadata, textDraft, withClient, type TestClient } from './test-client.js';
import { outputOf } from '../run-tool.js';

const disk = temporaryFolder();
const scratch = temporaryFolder();
const texts = Array.from({ length: 300 }, (_, index) => `text ${index + 1}`);

async function fill(): Promise<void> {
  const ballast = join(disk, 'ballast');
  for (const chunk of [1024 * 1024, 4096]) {
    for (;;) {
      try {
        await writeFile(ballast, new Uint8Array(chunk), { flag: 'a' });
      } catch {
        break;
      }
    }
  }
}

async function everything(client: TestClient, last: string): Promise<string[]> {
  const first = client.subscribe();
  await first.opened();
  const whole = { 'log-id': first.value('log-id') ?? '', 'resume-after': '0' };
  const reader = client.subscribe(loginMetadata('user2', 'qwerty', whole));
  await reader.until(() => reader.texts().at(-1) === last);
  return reader.texts();
}

async function stop(server: ServerProcess): Promise<void> {
  server.kill('SIGTERM');
  expect((await server.ended).code).toBe(0);
}

const healthIs = (port: number, wanted: string): Promise<void> =>
  withBareClient(port, async (client) => {
    while ((await check(client, simpleChatName)) !== wanted);
  });

/** Fills the log of a server with the texts, in two runs. */
async function writeTexts(data: string): Promise<void> {
  const first = await startServe(['--rate', '0'], { data });
  await withClient(portOf(first), async (client) => {
    for (const text of texts.slice(0, 200)) await client.sendText(text);
  });
  await stop(first);
  const second = await startServe(['--rate', '0'], { data });
  await withClient(portOf(second), async (client) => {
    for (const text of texts.slice(200)) await client.sendText(text);
  });
  await stop(second);
}

async function expectReadOnly(server: ServerProcess): Promise<void> {
  await withClient(portOf(server), async (client) => {
    expect(await everything(client, 'text 300')).toEqual(texts);
    expect((await client.send(textDraft('refused', { id: 'later' }))).status.code).toBe(status.UNAVAILABLE);
  });
  await healthIs(portOf(server), 'NOT_SERVING');
  expect(server.stderr()).toContain('messages can be read, none can be sent');
}

testOnSmallDisk(
  disk,
  'a server that starts on a full disk serves readers, reports why it rejects messages, and recovers',
  async () => {
    const data = join(disk, 'data');
    await writeTexts(data);
    await fill();
    const server = await startServe(['--rate', '0', '--keep', '1GB'], { data, env: { TMPDIR: scratch } });
    await expectReadOnly(server);
    expect(await readdir(scratch)).toHaveLength(1);
    await rm(join(disk, 'ballast'));
    await healthIs(portOf(server), 'SERVING');
    await withClient(portOf(server), async (client) => {
      expect((await client.send(textDraft('refused', { id: 'later' }))).status.code).toBe(status.OK);
      expect(await everything(client, 'refused')).toEqual([...texts, 'refused']);
    });
    expect(server.stderr()).toContain('messages can be stored again');
    expect(server.stderr()).not.toMatch(/upkeep|missing/);
    expect(await readdir(scratch)).toEqual([]);
    await stop(server);
    const after = await startServe([], { data });
    await withClient(portOf(after), async (client) => {
      expect(await client.sendText('last')).toBe(302);
      expect(await everything(client, 'last')).toEqual([...texts, 'refused', 'last']);
    });
    await stop(after);
  },
);

testOnSmallDisk(
  disk,
  'a server on a read-only disk serves readers, and recovers once the disk is writable',
  async () => {
    const data = join(disk, 'data');
    await writeTexts(data);
    outputOf('mount', ['-o', 'remount,ro', disk]);
    const server = await startServe([], { data, env: { TMPDIR: scratch } });
    await expectReadOnly(server);
    outputOf('mount', ['-o', 'remount,rw', disk]);
    await healthIs(portOf(server), 'SERVING');
    await stop(server);
    expect(await readdir(scratch)).toEqual([]);
  },
);

import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { messageDigest } from '../../src/shared/message-digest.js';
import { startChat, startServe, temporaryFolder, type ServerProcess } from '../chat-process.js';
import { connectOptions, shown, until, withSession } from '../client/with-session.js';
import { portOf } from './server-process.js';
import { loginMetadata, withClient, type Subscription, type TestClient } from './test-client.js';

const env = { CHAT_USER: 'user1', CHAT_PASSWORD: 'qwerty' };
const named = (name: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${name} ${index + 1}`);

async function stop(server: ServerProcess): Promise<void> {
  server.kill('SIGTERM');
  expect((await server.ended).code).toBe(0);
}

async function sendAll(server: ServerProcess, texts: readonly string[]): Promise<void> {
  await withClient(portOf(server), async (client) => {
    for (const text of texts) await client.sendText(text);
  });
}

/** A server with a backup from after 5 messages. */
async function withBackup(): Promise<{
  data: string;
  start: (args?: readonly string[]) => Promise<ServerProcess>;
  restore: () => Promise<void>;
}> {
  const data = join(temporaryFolder(), 'data');
  const backup = join(temporaryFolder(), 'backup');
  let port = '0';
  const start = async (args: readonly string[] = []): Promise<ServerProcess> => {
    const server = await startServe(['--rate', '0', '--port', port, ...args], { data });
    port = String(portOf(server));
    return server;
  };
  const first = await start();
  await sendAll(first, named('kept', 5));
  await stop(first);
  await cp(data, backup, { recursive: true });
  return {
    data,
    start,
    async restore() {
      await rm(data, { recursive: true });
      await cp(backup, data, { recursive: true });
    },
  };
}

test('readers that were connected before a backup was restored show every later message', async () => {
  const { start, restore } = await withBackup();
  const before = await start();
  await withSession(connectOptions(portOf(before)), async (session) => {
    const reader = startChat(['connect', before.address, '-v'], { env });
    await reader.until(({ stderr }) => stderr().includes('connected'));
    await sendAll(before, named('lost', 20));
    await reader.until(({ stdout }) => stdout().includes('lost 20'));
    await until(session, (state) => shown(state).at(-1) === 'lost 20');
    await stop(before);
    await restore();

    const after = await start();
    await sendAll(after, named('new', 27));
    await reader.until(({ stdout }) => stdout().includes('new 27'));
    await until(session, (state) => shown(state).at(-1) === 'new 27');
    const texts = [...reader.stdout().matchAll(/<user1> (.*)$/gm)].map(([, text]) => text);
    expect(texts).toEqual([...named('kept', 5), ...named('lost', 20), ...named('new', 27)]);
    expect(reader.stderr()).toContain('messages may be missing');
    expect(shown(session.state)).toEqual([...named('kept', 5), ...named('new', 27)]);
    await stop(after);
  });
});

test('a restored directory that is started as a new log allows no resume and keeps its messages', async () => {
  const { start, restore } = await withBackup();
  await restore();
  const old = await start();
  const logIdOf = (server: ServerProcess): Promise<string> =>
    withClient(portOf(server), async (client) => (await opened(client)).value('log-id') ?? '');
  const before = await logIdOf(old);
  await stop(old);
  const renewed = await start(['--new-log']);
  const after = await logIdOf(renewed);
  expect(after).not.toBe(before);
  expect(renewed.stderr()).toContain('the log has a new id');
  await withClient(portOf(renewed), async (client) => {
    const fresh = await opened(client, { 'log-id': before, 'resume-after': '5' });
    expect(fresh.value('resumed')).toBe('false');
    expect(fresh.texts()).toEqual(named('kept', 5));
    expect(await client.sendText('next')).toBeGreaterThan(5);
  });
  await stop(renewed);
  const again = await start();
  expect(await logIdOf(again)).toBe(after);
  await stop(again);
});

async function opened(client: TestClient, more: Record<string, string> = {}): Promise<Subscription> {
  const subscription = client.subscribe(loginMetadata('user1', 'qwerty', more));
  await subscription.opened();
  return subscription;
}

describe.each([
  ['in memory', ['--store', 'memory']],
  ['on disk', []],
])('a cursor of a log %s', (_, args) => {
  test('resumes only with the digest of its message or of the head', async () => {
    const server = await startServe(['--rate', '0', '--history', '3', ...args]);
    await withClient(portOf(server), async (client) => {
      for (const text of named('text', 9)) await client.sendText(text);
      const first = await opened(client);
      const logId = first.value('log-id') ?? '';
      const digests = new Map(first.messages().map((one) => [one.sequence, messageDigest(one)]));
      expect([...digests.keys()]).toEqual([7, 8, 9]);
      expect(first.value('head-digest')).toBe(digests.get(9));

      const resume = async (after: number, digest?: string) => {
        const more = { 'log-id': logId, 'resume-after': `${after}` };
        const asked = await opened(
          client,
          digest === undefined ? more : { ...more, 'resume-digest': digest },
        );
        return [asked.value('resumed'), asked.messages()[0]?.sequence];
      };
      // Within a batch of several messages.
      expect(await resume(7, digests.get(7))).toEqual(['true', 8]);
      expect(await resume(8, digests.get(8)?.toUpperCase())).toEqual(['true', 9]);
      expect(await resume(9, digests.get(9))).toEqual(['true', undefined]);
      expect(await resume(7)).toEqual(['true', 8]);
      expect(await resume(0)).toEqual(['true', 1]);
      expect(await resume(8, digests.get(7))).toEqual(['false', 7]);
      expect(await resume(3, 'a'.repeat(64))).toEqual(['false', 7]);
      expect(await resume(10, digests.get(9))).toEqual(['false', 7]);

      const odd = client.subscribe(
        loginMetadata('user1', 'qwerty', { 'log-id': logId, 'resume-after': '7', 'resume-digest': 'x' }),
      );
      expect((await odd.ended()).details).toBe('resume-digest is not a SHA-256 in hexadecimal');
    });
    await stop(server);
  });
});

import { beforeAll, expect, test } from '@jest/globals';
import { startServe, temporaryFolder, type ServerProcess } from '../chat-process.js';
import { RoomsClient } from '../server/rooms-client.js';
import { joined } from './joined.js';
import type { TerminalProgram } from './terminal-program.js';

let server: ServerProcess;
let ops: number;

beforeAll(async () => {
  server = await startServe(['--store', 'memory', '--rate', '0']);
  const anna = new RoomsClient(Number(server.address.split(':').at(-1)), 'user1');
  ({ number: ops } = await anna.create('ops', { members: ['user2'] }));
  anna.close();
});

const lastRow = (client: TerminalProgram): string => client.screen().at(-1) ?? '';

async function inOps(user: string, env: Readonly<Record<string, string>> = {}): Promise<TerminalProgram> {
  const client = await joined(server.address, user, { env });
  await client.until((text) => text.includes('#lobby'));
  client.write('/join ops\r');
  await client.until((text) => text.includes('╭ #ops'));
  return client;
}

test('the last row says who types, until the message arrives or the draft is cleared', async () => {
  expect(ops).toBeGreaterThan(0);
  const [one, two] = await Promise.all([inOps('user1'), inOps('user2')]);
  const elsewhere = await joined(server.address, 'user3');
  two.write('h');
  await one.until(() => lastRow(one).trim() === 'user2 is typing…');
  two.write('i\r');
  await one.until((text) => /user2 +hi/.test(text) && !lastRow(one).includes('typing'));
  one.write('well');
  await two.until(() => lastRow(two).trim() === 'user1 is typing…');
  one.write('\u0015');
  await two.until(() => !lastRow(two).includes('typing'));
  expect(two.raw()).not.toContain('user2 is typing');
  expect(elsewhere.raw()).not.toContain('is typing');
});

test('/typing off neither tells nor shows who types, also after a restart', async () => {
  const env = { XDG_STATE_HOME: temporaryFolder() };
  const first = await inOps('user1', env);
  first.write('/typing off\r');
  await first.until((text) => text.includes('You do not see who types a message'));
  first.write('\u0004');
  expect(await first.exitCode).toBe(0);
  const [one, two] = [await inOps('user1', env), await inOps('user2')];
  one.write('not told\r');
  await two.until((text) => text.includes('not told'));
  two.write('not shown\r');
  await one.until((text) => text.includes('not shown'));
  expect(one.raw() + two.raw()).not.toContain('is typing');
});

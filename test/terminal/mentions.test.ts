import { beforeAll, expect, test } from '@jest/globals';
import { startServe, type ServerProcess } from '../chat-process.js';
import { RoomsClient } from '../server/rooms-client.js';
import { joined } from './joined.js';

let server: ServerProcess;
let port: number;

beforeAll(async () => {
  server = await startServe(['--rate', '0']);
  port = Number(server.address.split(':').at(-1));
});

test('who is named with @ is mentioned also after a restart, and /mentions goes to the message', async () => {
  const ben = new RoomsClient(port, 'user2');
  const ops = (await ben.create('ops', { members: ['user1'] })).number;
  for (let count = 1; count <= 30; count++) await ben.post(ops, `before ${count}`);
  const writer = await joined(server.address, 'user2');
  await writer.until((text) => text.includes('#lobby'));
  writer.write('@user1: in the lobby\r');
  await writer.until((text) => /in the lobby +✓/.test(text));
  writer.write('/join ops\r');
  await writer.until((text) => text.includes('╭ #ops'));
  writer.write('the build is red, @user1.\r');
  await writer.until((text) => /@user1\. +✓/.test(text));
  for (let count = 1; count <= 230; count++) await ben.post(ops, `after ${count}`);
  ben.close();
  writer.write('\u0004');
  await writer.exitCode;
  server.kill('SIGTERM');
  await server.ended;
  server = await startServe(['--rate', '0', '--port', String(port)], { data: server.data });

  const reader = await joined(server.address, 'user1', { columns: 120, rows: 30 });
  await reader.until((text) => /#ops +●1 │/.test(text));
  const anna = new RoomsClient(port, 'user1');
  expect((await anna.list()).rooms.map(({ own }) => own?.mentions)).toEqual([expect.any(Number), 1]);
  anna.close();
  reader.write('/mentions\r');
  await reader.until(
    (text) => text.includes('2 found') && /#lobby {2}user2 {2}@user1: in the lobby/.test(text),
  );
  expect(reader.text()).toMatch(/#ops {2}user2 {2}the build is red, @user1\./);
  reader.write('\r');
  await reader.until((text) => text.includes(' ▸ #ops') && /user2 +the build is red, @user1\./.test(text));
  expect(reader.text()).toContain('before 30');
  reader.write('\u001bOR');
  await reader.until((text) => text.includes(' ▸ #lobby') && text.includes('mention 2 of 2'));
});

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { runChat, startChat, startServe, temporaryFolder } from '../chat-process.js';
import { runInProcess } from '../run-in-process.js';
import { startTcpProxy, type TcpProxy } from '../client/tcp-proxy.js';

const env = { CHAT_USER: 'user1', CHAT_PASSWORD: 'qwerty' };
const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

const portOf = (address: string) => Number(address.split(':')[1]);

/** Several addresses of one server, which a client cannot distinguish from servers of one room. */
async function startProxies(port: number, count: number): Promise<TcpProxy[]> {
  const proxies = await Promise.all(Array.from({ length: count }, () => startTcpProxy(port)));
  for (const proxy of proxies) stops.push(() => proxy.close());
  return proxies;
}

const listOf = (proxies: readonly TcpProxy[]) => proxies.map(({ port }) => `localhost:${port}`).join(',');

test('connect continues with another server of its list, without a gap or a repeat', async () => {
  const server = await startServe(['--store', 'memory', '--history', '1']);
  const proxies = await startProxies(portOf(server.address), 3);
  const reader = startChat(['connect', listOf(proxies), '--plain', '-v'], { env });
  await reader.until(({ stderr }) => stderr().includes('connected to'));
  for (const text of ['1', '2', '3']) reader.write(`${text}\n`);
  await reader.until(({ stdout }) => stdout().includes('3\n'));
  const first = proxies.find(({ port }) =>
    reader.stderr().includes(`connected to localhost:${port} as user1`),
  );
  await first?.close();
  for (const text of ['4', '5', '6']) await runInProcess(['send', server.address, text], { env });
  await reader.until(({ stdout }) => stdout().includes('6\n'));
  expect([...reader.stdout().matchAll(/> (.*)$/gm)].map(([, text]) => text)).toEqual([
    '1',
    '2',
    '3',
    '4',
    '5',
    '6',
  ]);
  const used = [...reader.stderr().matchAll(/connected to (\S+) as/g)].map(([, address]) => address);
  expect(new Set(used).size).toBe(2);
  expect(reader.stderr()).not.toContain('may be missing');
});

test('send, history and the environment accept a list, and skip servers that do not answer', async () => {
  const server = await startServe(['--store', 'memory']);
  const [dead, alive] = await startProxies(portOf(server.address), 2);
  await dead?.close();
  const list = `localhost:${dead?.port ?? 0},localhost:${alive?.port ?? 0}`;
  for (const text of ['one', 'two', 'three']) {
    expect(await runInProcess(['send', list, text], { env })).toMatchObject({ code: 0, stderr: '' });
  }
  const history = await runInProcess(['history'], { env: { ...env, CHAT_ADDRESS: list } });
  expect(history).toMatchObject({ code: 0, stdout: expect.stringMatching(/one[^]*two[^]*three/) });
  await alive?.close();
  const unreachable = await runInProcess(['send', list, 'four', '--timeout', '1s'], { env });
  expect(unreachable).toMatchObject({ code: 3, stderr: expect.stringContaining('no server answers: ') });
});

test('connect and doctor report servers of different rooms', async () => {
  const [one, two] = [await startServe(['--store', 'memory']), await startServe(['--store', 'memory'])];
  const list = `${one.address},${two.address}`;
  const reader = startChat(['connect', list, '--plain', '-v'], { env });
  await reader.until(({ stderr }) => stderr().includes('connected to'));
  const used = reader.stderr().includes(`connected to ${one.address}`) ? one : two;
  const doctor = await runInProcess(['doctor', list], { env });
  expect(doctor.stdout).toMatch(new RegExp(`ok +login +${one.address}: user1 can log in`));
  expect(doctor.stdout).toMatch(new RegExp(`ok +login +${two.address}: user1 can log in`));
  expect(doctor.stdout).toMatch(/BAD +room +these servers do not share a room\n +List only/);
  expect(doctor.code).toBe(2);
  used.kill('SIGKILL');
  await reader.until(({ stderr }) => stderr().includes('messages may be missing here'));
});

test('a name in the configuration can have several addresses, but cannot be in a list', async () => {
  const server = await startServe(['--store', 'memory']);
  const proxies = await startProxies(portOf(server.address), 2);
  const home = temporaryFolder();
  mkdirSync(join(home, 'chat'));
  writeFileSync(
    join(home, 'chat', 'config.toml'),
    `[servers.work]\naddress = "${listOf(proxies)}"\nuser = "user3"\n`,
  );
  const configured = { CHAT_PASSWORD: 'qwerty', XDG_CONFIG_HOME: home };
  expect(await runChat(['send', '--to', 'work', 'hello'], { env: configured })).toMatchObject({
    code: 0,
  });
  const mixed = await runChat(['send', '--to', `work,${server.address}`, 'hello'], { env: configured });
  expect(mixed).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('work is a name in the configuration'),
  });
});

import { afterEach, expect, test } from '@jest/globals';
import { startChat, startServe } from '../chat-process.js';
import { runInProcess } from '../run-in-process.js';
import { startReferenceServer, type ReferenceServer } from '../client/reference-server.js';
import { startTcpProxy, type TcpProxy } from '../client/tcp-proxy.js';

const env = { CHAT_USER: 'user1', CHAT_PASSWORD: 'qwerty' };
const stops: (() => unknown)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

const proxyTo = async (port: number): Promise<TcpProxy> => {
  const proxy = await startTcpProxy(port);
  stops.push(() => proxy.close());
  return proxy;
};
const sendTo = (address: string, text: string) => runInProcess(['send', address, text], { env });
const texts = (stdout: string) => [...stdout.matchAll(/<user1> (.*)$/gm)].map(([, text]) => text);

test('connect reconnects without a gap or a repeat, and sends the lines of the time between', async () => {
  const server = await startServe(['--store', 'memory', '--history', '2']);
  const proxy = await proxyTo(Number(server.address.split(':')[1]));
  for (const text of ['1', '2', '3']) await sendTo(server.address, text);
  const reader = startChat(['connect', `localhost:${proxy.port}`, '-v'], { env });
  await reader.until(({ stdout }) => stdout().includes('3\n'));
  proxy.cut();
  await reader.until(({ stderr }) => stderr().includes('trying again in'));
  for (const text of ['4', '5', '6', '7']) await sendTo(server.address, text);
  reader.write('8\n');
  await reader.until(({ stdout }) => stdout().includes('8\n'));
  await sendTo(server.address, '9');
  await reader.until(({ stdout }) => stdout().includes('9\n'));
  expect(texts(reader.stdout()).toSorted()).toEqual(['2', '3', '4', '5', '6', '7', '8', '9']);
  expect(texts(reader.stdout()).filter((text) => text !== '8')).toEqual(['2', '3', '4', '5', '6', '7', '9']);
});

test('connect continues after a server was killed and started again', async () => {
  const first = await startServe();
  const reader = startChat(['connect', first.address, '-v'], { env });
  await sendTo(first.address, 'before');
  await reader.until(({ stdout }) => stdout().includes('before'));
  first.kill('SIGKILL');
  await first.ended;
  await reader.until(({ stderr }) => stderr().includes('trying again in'));
  await startServe(['--port', first.address.split(':')[1] ?? ''], { data: first.data });
  await sendTo(first.address, 'after');
  await reader.until(({ stdout }) => stdout().includes('after'));
  expect(texts(reader.stdout())).toEqual(['before', 'after']);
  expect(reader.stderr()).not.toContain('may be missing');
});

test('connect reports a server with a new log', async () => {
  const first = await startServe(['--store', 'memory']);
  const reader = startChat(['connect', first.address, '-v'], { env });
  await sendTo(first.address, 'old');
  await reader.until(({ stdout }) => stdout().includes('old'));
  first.kill('SIGKILL');
  await first.ended;
  await startServe(['--store', 'memory', '--port', first.address.split(':')[1] ?? '']);
  await sendTo(first.address, 'new');
  await reader.until(({ stdout }) => stdout().includes('new'));
  expect(reader.stderr()).toContain('messages may be missing');
});

test('connect --once does not wait for a server that has stopped', async () => {
  const server = await startServe(['--store', 'memory']);
  const proxy = await proxyTo(Number(server.address.split(':')[1]));
  await proxy.close();
  stops.length = 0;
  expect((await runInProcess(['connect', `localhost:${proxy.port}`, '--once'], { env })).code).toBe(3);
});

test('connect prints the history of a Qt server once, also after a lost connection', async () => {
  const reference: ReferenceServer = await startReferenceServer();
  stops.push(() => reference.stop());
  const proxy = await proxyTo(reference.port);
  const address = `127.0.0.1:${proxy.port}`;
  expect(await runInProcess(['connect', address, '--once'], { env })).toMatchObject({ code: 0, stdout: '' });
  for (const text of ['1', '2', '3']) await sendTo(`127.0.0.1:${reference.port}`, text);
  expect(texts((await runInProcess(['connect', address, '--once'], { env })).stdout)).toEqual([
    '1',
    '2',
    '3',
  ]);
  expect(texts((await runInProcess(['connect', address, '--once', '--tail', '2'], { env })).stdout)).toEqual([
    '2',
    '3',
  ]);
  expect(await runInProcess(['connect', address, '--since', '1'], { env })).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/no sequence.*--tail/),
  });
  const reader = startChat(['connect', address, '--json', '-v'], { env });
  await reader.until(({ stdout }) => stdout().includes('"3"'));
  proxy.cut();
  await reader.until(({ stderr }) => stderr().includes('"lost"'));
  await sendTo(`127.0.0.1:${reference.port}`, '4');
  await reader.until(({ stdout }) => stdout().includes('"4"'));
  const seen = reader
    .stdout()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(seen.map(({ text, replay }) => [text, replay])).toEqual([
    ['1', true],
    ['2', true],
    ['3', true],
    ['4', false],
  ]);
  expect(seen[0]).not.toHaveProperty('sequence');
});

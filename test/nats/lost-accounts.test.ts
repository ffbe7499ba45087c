import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import { connect } from '@nats-io/transport-node';
import { afterEach, expect, test } from '@jest/globals';
import { startChat, type ChatProcess } from '../chat-process.js';
import { describeWith } from '../require-tool.js';
import { runInProcess } from '../run-in-process.js';
import { startNats, stopAllNats, type NatsProcess } from './nats-server-process.js';

const demoUser = { CHAT_USER: 'user1', CHAT_PASSWORD: 'qwerty' };
const anna = { CHAT_USER: 'anna', CHAT_PASSWORD: 'long enough' };

const serveArgs = ({ address }: NatsProcess): string[] => [
  'serve',
  '--port',
  '0',
  '--store',
  `nats://${address}`,
];
const addUser = ({ address }: NatsProcess, name: string): ReturnType<typeof runInProcess> =>
  runInProcess(['users', 'add', name, '--password-stdin', '--store', `nats://${address}`], {
    input: 'long enough\n',
  });

async function startRoom(nats: NatsProcess): Promise<ChatProcess & { address: string }> {
  const server = startChat(serveArgs(nats));
  await server.until(({ stdout }) => stdout().includes('listening on '));
  return { ...server, address: /^listening on (\S+) /m.exec(server.stdout())?.[1] ?? '' };
}

async function startAndStop(nats: NatsProcess): Promise<void> {
  const server = await startRoom(nats);
  server.kill('SIGTERM');
  await server.ended;
}

async function asOperator(
  { address }: NatsProcess,
  work: (manager: JetStreamManager, kvm: Kvm) => Promise<unknown>,
): Promise<void> {
  const connection = await connect({ servers: address });
  await work(await jetstreamManager(connection), new Kvm(connection));
  await connection.close();
}

const losses: [string, (manager: JetStreamManager, kvm: Kvm) => Promise<unknown>][] = [
  ['bucket is deleted', (manager) => manager.streams.delete('KV_CHAT_accounts')],
  ['bucket is purged', (manager) => manager.streams.purge('KV_CHAT_accounts')],
  ['key is deleted', async (_, kvm) => (await kvm.open('CHAT_accounts')).delete('book')],
  ['key is purged', async (_, kvm) => (await kvm.open('CHAT_accounts')).purge('book')],
];

describeWith(['nats-server'], 'a room in NATS that has lost its accounts', () => {
  afterEach(stopAllNats);

  test.each(losses)('a server does not start until users are added if the %s', async (_, lose) => {
    const nats = await startNats();
    expect(await addUser(nats, 'anna')).toMatchObject({ code: 0 });
    await startAndStop(nats);
    await asOperator(nats, lose);
    for (const args of [[], [], ['--demo-users']]) {
      const ended = await runInProcess([...serveArgs(nats), ...args]);
      expect(ended).toMatchObject({ code: 3, stdout: '' });
      expect(ended.stderr).toMatch(/^chat: [^\n]*CHAT_accounts[^\n]*chat users add[^\n]*\n$/);
    }
    expect(await addUser(nats, 'bert')).toMatchObject({ code: 0 });
    const { address } = await startRoom(nats);
    const bert = { ...anna, CHAT_USER: 'bert' };
    expect(await runInProcess(['send', address, 'x'], { env: bert })).toMatchObject({ code: 0 });
    expect(await runInProcess(['send', address, 'x'], { env: demoUser })).toMatchObject({ code: 4 });
  });

  test.each(losses)('a running server keeps the accounts if the %s', async (_, lose) => {
    const nats = await startNats();
    const server = await startRoom(nats);
    expect(await addUser(nats, 'anna')).toMatchObject({ code: 0 });
    while ((await runInProcess(['send', server.address, 'x'], { env: anna })).code !== 0);
    await asOperator(nats, lose);
    expect(await runInProcess(['send', server.address, 'x'], { env: anna })).toMatchObject({ code: 0 });
    expect(await runInProcess(['send', server.address, 'x'], { env: demoUser })).toMatchObject({ code: 4 });
    server.kill('SIGTERM');
    await server.ended;
    expect(await runInProcess(serveArgs(nats))).toMatchObject({ code: 3, stdout: '' });
  });

  test('a demo room with an added user does not start if the bucket is deleted before the next start', async () => {
    const nats = await startNats();
    await startAndStop(nats);
    expect(await addUser(nats, 'anna')).toMatchObject({ code: 0 });
    await asOperator(nats, (manager) => manager.streams.delete('KV_CHAT_accounts'));
    expect(await runInProcess(serveArgs(nats))).toMatchObject({ code: 3, stdout: '' });
  });
});

import { status } from '@grpc/grpc-js';
import { afterEach, expect, test } from '@jest/globals';
import { runChat, startServe, type ServerProcess } from '../chat-process.js';
import { describeWith } from '../require-tool.js';
import { runInProcess } from '../run-in-process.js';
import { online } from '../server/online.js';
import { portOf } from '../server/server-process.js';
import { loginMetadata, TestClient } from '../server/test-client.js';
import { startNats, stopAllNats, type NatsProcess } from './nats-server-process.js';

const clients: TestClient[] = [];
const servers: ServerProcess[] = [];
const oneLine = /^chat: [^\n]+\n$/;

async function serve(nats: NatsProcess): Promise<ServerProcess> {
  const server = await startServe(['--store', `nats://${nats.address}`, '--rate', '0']);
  servers.push(server);
  return server;
}

function clientOf(server: ServerProcess): TestClient {
  const client = new TestClient(portOf(server));
  clients.push(client);
  return client;
}

const users = (nats: NatsProcess, args: readonly string[], input = '') =>
  runInProcess(['users', ...args, '--store', `nats://${nats.address}`], { input });

describeWith(['nats-server'], 'servers that share a room over NATS', () => {
  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    for (const server of servers) server.kill('SIGKILL');
    await Promise.all(servers.splice(0).map(({ ended }) => ended));
    stopAllNats();
  });

  test('servers share messages, the log id and the list of online users', async () => {
    const nats = await startNats();
    const [one, two] = [await serve(nats), await serve(nats)];
    const [here, there] = [clientOf(one), clientOf(two)];
    const [left, right] = [here.subscribe(loginMetadata('user1')), there.subscribe(loginMetadata('user2'))];
    await Promise.all([left.opened(), right.opened()]);
    expect(left.value('log-id')).toBe(right.value('log-id'));

    const lists = online(there);
    await lists.until(() => lists.items.at(-1)?.join() === 'user1,user2');
    expect(await here.sendText('hello')).toBe(1);
    expect(await there.sendText('hello to you', 'user2')).toBe(2);
    await Promise.all([left, right].map((one) => one.until(() => one.messages().length === 2)));
    expect(left.texts()).toEqual(['hello', 'hello to you']);
    expect(right.texts()).toEqual(left.texts());

    // A third server has the list at once; the users of a killed server soon leave it.
    const third = clientOf(await serve(nats));
    const later = online(third);
    await later.until(() => later.items.at(-1)?.join() === 'user1,user2');
    one.kill('SIGKILL');
    await lists.until(() => lists.items.at(-1)?.join() === 'user2');
    await later.until(() => later.items.at(-1)?.join() === 'user2');

    const resume = { 'log-id': left.value('log-id') ?? '', 'resume-after': '1' };
    const resumed = third.subscribe(loginMetadata('user1', 'qwerty', resume));
    await resumed.until(() => resumed.messages().length === 1);
    expect(resumed.value('resumed')).toBe('true');
    expect(resumed.texts()).toEqual(['hello to you']);
  });

  test('a user who is removed loses access at every server', async () => {
    const nats = await startNats();
    const [one, two] = [await serve(nats), await serve(nats)];
    expect(await users(nats, ['add', 'anna', '--password-stdin'], 'long enough\n')).toMatchObject({
      code: 0,
      stderr: 'added anna\n',
    });
    expect((await users(nats, ['add', 'Anna', '--password-stdin'], 'long enough\n')).code).toBe(1);
    expect((await users(nats, ['list'])).stdout).toBe('anna\n');
    const login = loginMetadata('anna', 'long enough');
    const streams = [];
    for (const server of [one, two]) {
      const client = clientOf(server);
      for (;;) {
        const stream = client.subscribe(login);
        await stream.until(() => stream.items.length > 0 || stream.status !== undefined);
        if (!stream.status) {
          streams.push(stream);
          break;
        }
      }
      // The demo users are removed with the first added user.
      expect((await client.subscribe(loginMetadata('user1')).ended()).code).toBe(status.UNAUTHENTICATED);
    }
    expect((await users(nats, ['remove', 'anna'])).code).toBe(0);
    for (const stream of streams) expect((await stream.ended()).code).toBe(status.UNAUTHENTICATED);
    expect((await users(nats, ['list'])).stdout).toBe('');
  });

  test('a server reports in one line why it cannot start', async () => {
    const nats = await startNats({ maxPayload: '1MB' });
    const small = await runInProcess(['serve', '--port', '0', '--store', `nats://${nats.address}`]);
    expect(small).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(oneLine) });
    expect(small.stderr).toMatch(/max_payload: 8MB/);
    await nats.stop();
    const away = await runChat(['serve', '--port', '0', '--store', `nats://${nats.address}`]);
    expect(away).toMatchObject({ code: 3, stdout: '' });
    // The first line says that the server keeps trying.
    const [waiting, ...rest] = away.stderr.split(/(?<=\n)/);
    expect(waiting).toContain('NATS does not answer yet');
    expect(rest.join('')).toMatch(oneLine);
    expect(rest.join('')).toContain(nats.address);
  });
});

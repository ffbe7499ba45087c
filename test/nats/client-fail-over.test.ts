import { afterEach, expect, test } from '@jest/globals';
import { connect } from '../../src/client/connection/grpc/grpc-connection.js';
import { failOver } from '../../src/client/connection/fail-over.js';
import { createSession } from '../../src/client/session/session.js';
import { systemClock } from '../../src/shared/clock.js';
import { startTcpProxy } from '../client/tcp-proxy.js';
import { connectOptions, shown, until, write } from '../client/with-session.js';
import { startChat, startServe, type ChatProcess, type ServerProcess } from '../chat-process.js';
import { describeWith } from '../require-tool.js';
import { portOf } from '../server/server-process.js';
import { startNats, stopAllNats } from './nats-server-process.js';
import { inLobby } from '../support/session-driver.js';

const env = { CHAT_USER: 'user1', CHAT_PASSWORD: 'qwerty' };
const processes: ChatProcess[] = [];
const stops: (() => unknown)[] = [];

const started = <Process extends ChatProcess>(process: Process): Process => {
  processes.push(process);
  return process;
};

/** The messages of JSON lines. */
function messages({
  stdout,
}: ChatProcess): { readonly sequence: number; readonly text: string; readonly room: string }[] {
  const lines = stdout().split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as { sequence: number; text: string; room: string });
}

/** The server that a client is connected to now. */
function usedBy({ stderr }: ChatProcess, servers: readonly ServerProcess[]): ServerProcess | undefined {
  const last = [...stderr().matchAll(/connected to (\S+) as/g)].at(-1)?.[1];
  return servers.find(({ address }) => address === last);
}

describeWith(['nats-server'], 'a client with the addresses of two servers', () => {
  afterEach(async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
    for (const process of processes) process.kill('SIGKILL');
    await Promise.all(processes.splice(0).map(({ ended }) => ended));
    stopAllNats();
  });

  test('a client reads and sends without a gap or a repeat while both servers are killed in turn', async () => {
    const nats = await startNats();
    const serve = async (port = 0): Promise<ServerProcess> =>
      started(await startServe(['--store', `nats://${nats.address}`, '--rate', '0', '--port', String(port)]));
    let servers = [await serve(), await serve()];
    const list = servers.map(({ address }) => address).join(',');

    const reader = started(startChat(['connect', list, '--json', '-v', '--read-only'], { env }));
    await reader.until(() => usedBy(reader, servers) !== undefined);
    const sender = started(
      startChat(['send', '--to', list, '--lines', '--json', '--timeout', '60s'], { env }),
    );
    const total = 90;
    const send = (from: number, to: number): void => {
      for (let number = from; number <= to; number++) sender.write(`${number}\n`);
    };

    send(1, 30);
    await reader.until(() => messages(reader).length >= 10);
    const first = usedBy(reader, servers);
    first?.kill('SIGKILL');
    send(31, 60);
    await reader.until(() => messages(reader).length >= 60);
    const second = usedBy(reader, servers);
    expect(second).not.toBe(first);
    if (!first || !second) throw new Error('the reader was at neither server');
    servers = [await serve(portOf(first)), second];
    second.kill('SIGKILL');
    send(61, total);
    sender.end();

    await reader.until(() => messages(reader).length >= total);
    expect((await sender.ended).code).toBe(0);
    const numbers = Array.from({ length: total }, (_, index) => index + 1);
    expect(messages(reader).map(({ sequence, text }) => [sequence, text])).toEqual(
      numbers.map((number) => [number, String(number)]),
    );
    expect(reader.stderr()).not.toContain('may be missing');
  }, 120_000);

  test('lines are sent in their order, each once, while the server that gets them is killed', async () => {
    const nats = await startNats();
    const serve = async (port = 0): Promise<ServerProcess> =>
      started(await startServe(['--store', `nats://${nats.address}`, '--rate', '0', '--port', String(port)]));
    const servers = [await serve(), await serve()];
    const list = servers.map(({ address }) => address).join(',');
    const total = 1500;
    const lines = Array.from({ length: total }, (_, index) => `line ${index + 1}`);
    const sender = started(
      startChat(['send', '--to', list, '--lines', '--json', '--timeout', '60s'], { env }),
    );
    const sequences = () =>
      [...sender.stdout().matchAll(/"sequence":(\d+)/g)].map(([, digits]) => Number(digits));
    sender.write(lines.join('\n'));
    sender.end();
    for (const [server, after] of [
      [servers[0], 100],
      [servers[1], 400],
    ] as const) {
      await sender.until(() => sequences().length >= after);
      server?.kill('SIGKILL');
      await server?.ended;
      servers.push(await serve(server && portOf(server)));
    }
    expect(await sender.ended).toMatchObject({ code: 0 });
    const sent = sequences();
    expect(sent).toHaveLength(total);
    expect(sent).toEqual([...new Set(sent)].sort((one, other) => one - other));
    const { stdout } = await started(startChat(['history', list, '--json'], { env })).ended;
    const stored = stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as { text: string; sequence: number });
    expect(stored.map(({ text }) => text)).toEqual(lines);
    expect(stored.map(({ sequence }) => sequence)).toEqual(sent);
  }, 180_000);

  test('a client reads all rooms without a gap or a repeat while its server is killed', async () => {
    const nats = await startNats();
    const serve = async (): Promise<ServerProcess> =>
      started(await startServe(['--store', `nats://${nats.address}`, '--rate', '0']));
    const servers = [await serve(), await serve()];
    const list = servers.map(({ address }) => address).join(',');
    const run = async (...args: readonly string[]): Promise<void> => {
      expect(await started(startChat(args, { env })).ended).toMatchObject({ code: 0 });
    };
    for (const name of ['a', 'b']) await run('rooms', 'create', name, '--to', list, '--member', 'user2');
    const reader = started(
      startChat(['connect', list, '--json', '-v', '--read-only', '--tail', '0'], {
        env: { ...env, CHAT_USER: 'user2' },
      }),
    );
    await reader.until(() => usedBy(reader, servers) !== undefined);
    const rooms = ['lobby', 'a', 'b'];
    const count = 60;
    const texts = Array.from({ length: count }, (_, index) => String(index));
    const senders = rooms.map((room) => {
      const sender = started(
        startChat(['send', '--to', list, '--room', room, '--lines', '--timeout', '60s'], { env }),
      );
      sender.write(texts.join('\n'));
      sender.end();
      return sender;
    });
    await reader.until(() => messages(reader).length >= count / 2);
    usedBy(reader, servers)?.kill('SIGKILL');
    for (const { ended } of senders) expect(await ended).toMatchObject({ code: 0 });
    await reader.until(() => messages(reader).length >= count * rooms.length);
    const read = messages(reader);
    const sequences = read.map(({ sequence }) => sequence);
    expect(sequences).toEqual([...new Set(sequences)].sort((one, other) => one - other));
    for (const room of rooms)
      expect(read.filter((message) => message.room === room).map(({ text }) => text)).toEqual(texts);
    expect(reader.stderr()).toContain('"status":"lost"');
    expect(reader.stderr()).not.toContain('"status":"gap"');
  }, 180_000);

  test('a client leaves a server that is cut off from NATS and sends its pending message to the other one', async () => {
    const nats = await startNats();
    const proxy = await startTcpProxy(Number(nats.address.split(':')[1]));
    stops.push(() => proxy.close());
    const serve = async (address: string): Promise<number> =>
      portOf(started(await startServe(['--store', `nats://${address}`])));
    const [cutOff, other] = [await serve(`127.0.0.1:${proxy.port}`), await serve(nats.address)];
    const candidate = (port: number) => ({
      address: String(port),
      connection: connect(connectOptions(port)),
    });
    const connection = failOver([candidate(cutOff), candidate(other)], () => 0);
    const session = createSession({ connection, user: 'user1', random: () => 0, clock: systemClock });
    stops.push(() => session.stop());
    write(session, 'before');
    await until(session, ({ timeline }) => timeline.items.length === 1);
    expect(session.state.server?.address).toBe(String(cutOff));

    proxy.freeze();
    write(session, 'during');
    await until(session, ({ timeline }) => timeline.items.length === 2);
    expect(session.state.server?.address).toBe(String(other));
    expect(shown(session.state)).toEqual(['before', 'during']);
    expect(inLobby(session.state).position.readUpTo).toBe(2);
  }, 120_000);
});

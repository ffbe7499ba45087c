import { afterEach, expect, test } from '@jest/globals';
import { setTimeout as wait } from 'node:timers/promises';
import { roomType } from '../../src/shared/message.js';
import { plainNumber } from '../../src/shared/protobuf-values.js';
import type { RunningServer } from '../../src/server/app/server-options.js';
import { parseNatsStore } from '../../src/server/nats/nats-store-options.js';
import { startServer } from '../../src/server/app/start-server.js';
import { describeWith } from '../require-tool.js';
import { RoomsClient } from '../server/rooms-client.js';
import { testOptions } from '../server/test-server.js';
import { startNats, stopAllNats, type NatsProcess } from './nats-server-process.js';

const clients: RoomsClient[] = [];
const servers: RunningServer[] = [];

async function serve(nats: NatsProcess): Promise<RunningServer> {
  const store = parseNatsStore(`nats://${nats.address}`);
  const server = await startServer({ ...testOptions, store, demoUsers: true });
  servers.push(server);
  return server;
}

function clientOf({ port }: RunningServer, user: string): RoomsClient {
  const client = new RoomsClient(port, user);
  clients.push(client);
  return client;
}

describeWith(['nats-server'], 'servers that share marks over NATS', () => {
  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    await Promise.all(servers.splice(0).map((server) => server.stop()));
    stopAllNats();
  });

  test('a mark, a setting and a notice of typing at one server reach the sessions at another', async () => {
    const nats = await startNats();
    const [one, two] = [await serve(nats), await serve(nats)];
    const [here, there, other] = [clientOf(one, 'user1'), clientOf(two, 'user1'), clientOf(one, 'user2')];
    const room = (await here.create('plans', { type: roomType.closed, members: ['user2'] })).number;
    const sequence = (await other.post(room, 'text')).sequence;
    const watch = there.online();
    await watch.until(() => watch.items.length > 0);
    await here.mark(room, sequence);
    await here.configure({ room, pinned: true });
    await other.typing(room);
    await watch.until(() => watch.items.some(({ settings }) => settings?.[0]?.pinned === true));
    await watch.until(() => watch.items.some(({ typing }) => (typing ?? []).length > 0));
    const marks = watch.items.flatMap(({ marks: some }) => some ?? []);
    expect(marks.map(({ readUpTo }) => plainNumber(readUpTo))).toContain(sequence);
    const [notice] = watch.items.flatMap(({ typing }) => typing ?? []);
    expect([plainNumber(notice?.room), notice?.name, notice?.stopped]).toEqual([room, 'user2', false]);
    expect(await there.own(room)).toMatchObject({
      readUpTo: sequence,
      unread: 0,
      settings: { pinned: true },
    });
    watch.stream.cancel();
  });

  test('marks that both servers set are kept when all servers stop', async () => {
    const nats = await startNats();
    const [one, two] = [await serve(nats), await serve(nats)];
    const [here, there, other] = [clientOf(one, 'user1'), clientOf(two, 'user1'), clientOf(one, 'user2')];
    const first = (await here.direct('user2')).number;
    const text = (await other.post(first, 'text')).sequence;
    const inLobby = await other.sendText('text');
    while ((await there.own(0)).unread === 0) await wait(10);
    await here.mark(first, text);
    await there.mark(0, inLobby);
    for (const client of clients.splice(0)) client.close();
    await Promise.all(servers.splice(0).map((server) => server.stop()));
    const again = clientOf(await serve(nats), 'user1');
    expect((await again.list()).rooms.map(({ own }) => [own?.readUpTo, own?.unread])).toEqual([
      [inLobby, 0],
      [text, 0],
    ]);
  });
});

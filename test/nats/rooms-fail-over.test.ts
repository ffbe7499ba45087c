import { status } from '@grpc/grpc-js';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, expect, test } from '@jest/globals';
import { lobby, roomType, type Message } from '../../src/shared/message.js';
import { startServe, type ServerProcess } from '../chat-process.js';
import { describeWith } from '../require-tool.js';
import { CallError, RoomsClient } from '../server/rooms-client.js';
import { portOf } from '../server/server-process.js';
import { startNatsCluster, stopAllNats } from './nats-server-process.js';
import { closeAllLogs, leaderOf } from './shared-logs.js';

const total = 2000;
const senderCount = 8;
const retryDelayMs = 50;
/** After these a client tries again. */
const retryable = new Set([status.UNAVAILABLE, status.UNKNOWN, status.DEADLINE_EXCEEDED]);

const servers: ServerProcess[] = [];
const clients: RoomsClient[] = [];

/** One user at both servers, which are tried in turn from the given one on. */
type TwoServers = { readonly current: () => RoomsClient; readonly next: () => void };

function userAt(user: string, first: number): TwoServers {
  const both = servers.map((server) => new RoomsClient(portOf(server), user));
  clients.push(...both);
  let at = first;
  return {
    current() {
      const client = both[at % both.length];
      if (!client) throw new Error('no server');
      return client;
    },
    next() {
      at++;
    },
  };
}

/** Repeats the call at the other server until one has answered. */
async function answered<Answer>(
  { current, next }: TwoServers,
  call: (client: RoomsClient) => Promise<Answer>,
): Promise<Answer> {
  for (;;) {
    try {
      return await call(current());
    } catch (error) {
      if (!(error instanceof CallError && retryable.has(error.code))) throw error;
      next();
      await wait(retryDelayMs);
    }
  }
}

/** Reads after the cursor, at one server after the other, until `isDone`. */
async function read(
  reader: TwoServers,
  cursor: { logId: string; after: number },
  isDone: (messages: readonly Message[]) => boolean,
): Promise<readonly Message[]> {
  const messages: Message[] = [];
  for (let { after } = cursor; ;) {
    const stream = reader.current().follow({ ...cursor, after });
    await stream.until(
      () =>
        stream.status !== undefined ||
        stream.value('resumed') === 'false' ||
        isDone([...messages, ...stream.messages()]),
    );
    stream.stream.cancel();
    // A server that has not received everything yet knows no later cursor.
    if (stream.value('resumed') === 'true') {
      messages.push(...stream.messages());
      after = Math.max(after, stream.upTo());
    }
    if (isDone(messages)) return messages;
    reader.next();
    await wait(retryDelayMs);
  }
}

const roomOf = ({ detail }: Message): number => detail?.room ?? lobby;

describeWith(['nats-server'], 'two servers with rooms over three NATS servers', () => {
  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    for (const server of servers) server.kill('SIGKILL');
    await Promise.all(servers.splice(0).map((server) => server.ended));
    await closeAllLogs();
    stopAllNats();
  });

  test('every reader gets the messages of its rooms once and in order while a server and the NATS leader are killed', async () => {
    const nats = await startNatsCluster();
    const store = `nats://${nats.map(({ address }) => address).join(',')}?replicas=3`;
    for (let count = 0; count < 2; count++) servers.push(await startServe(['--store', store, '--rate', '0']));
    const creator = userAt('user1', 0);
    const names = ['user2', 'user3', 'user4', 'user5'];
    const create = async (name: string, type: number, members: string[]): Promise<number> =>
      (await answered(creator, (client) => client.create(name, { type, members, id: name }))).number;
    const open = await create('open', roomType.open, names);
    const closed = await create('closed', roomType.closed, ['user2', 'user3']);
    const { number: direct } = await answered(creator, (client) => client.direct('user2'));
    // Who reads and sends in which rooms.
    const roomsOf = new Map([
      ['user1', [lobby, open, closed, direct]],
      ['user2', [lobby, open, closed, direct]],
      ['user3', [lobby, open, closed]],
      ['user5', [lobby, open]],
    ]);
    const { upTo: after, logId } = await answered(creator, (client) => client.list());

    const posted = new Map<string, { readonly sequence: number; readonly room: number }>();
    const send = async (number: number): Promise<void> => {
      const [user = '', rooms = []] = [...roomsOf][number % roomsOf.size] ?? [];
      const sender = userAt(user, number);
      for (let count = 0; count < total / senderCount; count++) {
        const id = `${number}-${count}`;
        const room = rooms[count % rooms.length] ?? lobby;
        const { sequence } = await answered(sender, (client) => client.post(room, id, { id }));
        posted.set(id, { sequence, room });
      }
    };
    const lastText = 'the last text';
    const readers = [...roomsOf].flatMap(([user, rooms]) =>
      [0, 1].map((first) => ({
        rooms,
        messages: read(userAt(user, first), { logId, after }, (messages) => {
          const last = messages.at(-1);
          return last !== undefined && Buffer.from(last.content).toString() === lastText;
        }),
      })),
    );
    const sent = Promise.all(Array.from({ length: senderCount }, (_, number) => send(number)));
    const until = async (count: number): Promise<void> => {
      while (posted.size < count) await Promise.race([wait(20), sent]);
    };
    await until(total / 4);
    servers[0]?.kill('SIGKILL');
    await until(total / 2);
    await (await leaderOf(nats, 'CHAT')).stop('SIGKILL');
    await sent;
    await answered(creator, (client) => client.post(lobby, lastText, { id: 'last' }));

    expect(posted.size).toBe(total);
    for (const { rooms, messages } of readers) {
      const received = (await messages).slice(0, -1);
      const sequences = received.map(({ sequence }) => sequence);
      expect(sequences).toEqual([...new Set(sequences)].sort((one, other) => one - other));
      const due = [...posted].filter(([, { room }]) => rooms.includes(room));
      const found = received.map(
        (message) => [message.id, { sequence: message.sequence, room: roomOf(message) }] as const,
      );
      expect(new Map(found)).toEqual(new Map(due));
      expect(found).toHaveLength(due.length);
    }
  }, 240_000);
});

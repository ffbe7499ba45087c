import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import { parseAddress } from '../../src/client/connection/address.js';
import type { Connection, Cursor, Online, SubscriptionEvent } from '../../src/client/connection/port.js';
import { connect, type ConnectOptions } from '../../src/client/connection/grpc/grpc-connection.js';
import { contentType, type Draft } from '../../src/shared/message.js';
import { decodeText, encodeText } from '../../src/shared/text.js';
import { withServer } from '../server/test-server.js';
import { startReferenceServer } from './reference-server.js';
import { startTcpProxy } from './tcp-proxy.js';
import { connectOptions } from './with-session.js';

const never = new AbortController().signal;
const user2 = { user: 'user2', password: 'qwerty' };

async function withConnection(
  options: ConnectOptions,
  use: (connection: Connection) => Promise<void>,
): Promise<void> {
  const connection = connect(options);
  try {
    await use(connection);
  } finally {
    connection.close();
  }
}

function draft(id: string, text = id): Draft {
  return { id, timestamp: Date.now(), type: contentType.text, content: encodeText(text) };
}

/** The events of a subscription until `count` messages have arrived. */
async function read(connection: Connection, count: number, cursor?: Cursor): Promise<SubscriptionEvent[]> {
  const abort = new AbortController();
  const events: SubscriptionEvent[] = [];
  for await (const event of connection.subscribe(cursor, abort.signal)) {
    events.push(event);
    if (event.type === 'messages' && texts(events).length >= count) abort.abort();
  }
  return events;
}

function texts(events: readonly SubscriptionEvent[]): string[] {
  return events.flatMap((event) =>
    event.type === 'messages' ? event.messages.map(({ content }) => decodeText(content)) : [],
  );
}

/** The errors of a subscription and a send. */
async function failures(connection: Connection): Promise<{ code: string; message: string }[]> {
  const caught: { code: string; message: string }[] = [];
  const note = (error: { code: string; message: string }): void => void caught.push(error);
  await read(connection, 1).catch(note);
  await connection.send(draft('a'), never).catch(note);
  return caught.map(({ code, message }) => ({ code, message }));
}

describe('a connection to our own server', () => {
  test('delivers the changes of messages if they are requested, and reads messages as they are now', async () => {
    await withServer({}, (server) =>
      withConnection(connectOptions(server.port), async (connection) => {
        const { rooms } = connection;
        for (const id of ['a', 'b', 'c']) await connection.send(draft(id), never);
        await read(connection, 3);
        await rooms.edit({ target: 1, text: 'new', id: 'd' }, never);
        await rooms.delete({ target: 2, id: 'e' }, never);
        await rooms.react({ target: 3, emoji: ['👍'], id: 'f' }, never);
        const entries = async (changes: boolean, last: number): Promise<string[]> => {
          const found: string[] = [];
          const cursor = { logId: connection.logId ?? '', after: 2 };
          for await (const event of connection.subscribe(cursor, never, { rooms: true, changes })) {
            if (event.type === 'opened') continue;
            for (const { sequence, detail } of event.messages)
              found.push(`${sequence}: ${detail?.kind ?? 0} ${detail?.target ?? ''}`);
            if (event.messages.some(({ sequence }) => sequence === last)) return found;
          }
          return found;
        };
        expect(await entries(true, 6)).toEqual(['3: 0 ', '4: 1 1', '5: 2 2', '6: 3 3']);
        expect(await entries(false, 3)).toEqual(['3: 0 ']);
        const [edited, deleted, popular, ...more] = await rooms.messages([1, 2, 3, 4, 99], never);
        expect([decodeText(edited?.content ?? new Uint8Array()), edited?.detail?.edited]).toEqual([
          'new',
          expect.any(Number),
        ]);
        expect(deleted?.detail?.deleted).toBe(true);
        expect(popular?.detail?.reactions).toEqual([{ emoji: '👍', names: ['user1'], count: 1 }]);
        expect(more).toEqual([]);
        expect((await connection.history(0, 10, never)).map(({ sequence }) => sequence)).toEqual([3, 2, 1]);
      }),
    );
  });

  test('reports the server info, and reads and sends in order', async () => {
    await withServer({}, (server) =>
      withConnection(connectOptions(server.port), async (connection) => {
        expect(await connection.send(draft('a'), never)).toEqual({ sequence: 1 });
        expect(await connection.send(draft('b'), never)).toEqual({ sequence: 2 });
        expect(await connection.send(draft('a'), never)).toEqual({ sequence: 1 });
        const [opened, ...batches] = await read(connection, 2);
        expect(opened).toMatchObject({
          type: 'opened',
          head: 2,
          resumed: false,
          maxTextBytes: 16_384,
          maxImageBytes: 4_194_048,
        });
        expect(texts(batches)).toEqual(['a', 'b']);
      }),
    );
  });

  test('resumes after a sequence, and starts again in another log', async () => {
    await withServer({}, (server) =>
      withConnection(connectOptions(server.port), async (connection) => {
        for (const id of ['a', 'b', 'c']) await connection.send(draft(id), never);
        const [first] = await read(connection, 0);
        const logId = first?.type === 'opened' ? first.logId : undefined;
        if (logId === undefined) throw new Error('no log-id');
        const [opened, ...batches] = await read(connection, 1, { logId, after: 2 });
        expect(opened).toMatchObject({ resumed: true, head: 3 });
        expect(texts(batches)).toEqual(['c']);
        const [restarted] = await read(connection, 3, { logId: 'another', after: 2 });
        expect(restarted).toMatchObject({ resumed: false });
      }),
    );
  });

  test('fetches pages, finds texts and reports the users online', async () => {
    await withServer({}, (server) =>
      withConnection(connectOptions(server.port), async (connection) => {
        for (const id of ['One', 'two', 'three one']) await connection.send(draft('', id), never);
        const following = await connection.historyAfter(0, 1, never);
        expect(following.map(({ sequence }) => sequence)).toEqual([1]);
        const page = await connection.history(3, 1, never);
        expect(page.map(({ content }) => decodeText(content))).toEqual(['two']);
        const found: string[] = [];
        for await (const { content } of connection.search('ONE', 0, 10, never))
          found.push(decodeText(content));
        expect(found).toEqual(['three one', 'One']);
        const abort = new AbortController();
        const reading = read(connection, 4);
        for await (const { names } of connection.usersOnline(abort.signal)) {
          if (names.includes('user1')) abort.abort();
        }
        await connection.send(draft('last'), never);
        expect(texts(await reading)).toContain('last');
      }),
    );
  });

  test('marks what was read, sets settings, and reports both and who types to every session', async () => {
    await withServer({ demoUsers: true }, (server) =>
      withConnection(connectOptions(server.port), (connection) =>
        withConnection(connectOptions(server.port, { credentials: user2 }), async (other) => {
          const { number: room } = await connection.rooms.direct(['user2'], never);
          const settings = {
            ...{ notify: 1, mutedUntil: 0 },
            hidden: false,
            pinned: true,
            markedUnread: true,
          };
          const abort = new AbortController();
          const seen: Partial<Online>[] = [];
          let isFirst = true;
          for await (const { marks, settings: changed, typing } of other.usersOnline(abort.signal)) {
            seen.push({
              ...(marks && { marks }),
              ...(changed && { settings: changed }),
              ...(typing && { typing }),
            });
            if (isFirst) {
              isFirst = false;
              await other.rooms.configure({ room, ...settings }, never);
              await other.rooms.mark(room, room, never);
              await connection.rooms.typing({ room, stopped: false }, never);
            }
            if (seen.some((one) => one.typing)) abort.abort();
          }
          expect(seen.flatMap(({ marks = [] }) => marks)).toContainEqual({ room, readUpTo: room });
          expect(seen.flatMap(({ settings: of = [] }) => of)).toContainEqual({
            ...{ room, ...settings },
            markedUnread: false,
          });
          expect(seen.at(-1)?.typing).toEqual([{ room, name: 'user1', stopped: false }]);
          await connection.rooms.post({ room, mentions: ['user2'], draft: draft('mention') }, never);
          const [mention] = await other.mentions(0, 10, never);
          expect(mention?.detail?.mentions).toEqual(['user2']);
          await other.rooms.mark(room, room, never);
          const { own } = await other.rooms.get(room, never);
          expect(own).toEqual({
            readUpTo: room,
            unread: 1,
            mentions: 1,
            settings: { ...settings, markedUnread: false },
          });
        }),
      ),
    );
  });

  test('reports why a message was rejected', async () => {
    await withServer({ maxMessagesPerSecond: 1 }, (server) =>
      withConnection(connectOptions(server.port), async (connection) => {
        await expect(connection.send(draft('a', ''), never)).rejects.toMatchObject({
          code: 'message-refused',
        });
        const long = draft('b', 'x'.repeat(16_385));
        await expect(connection.send(long, never)).rejects.toMatchObject({ code: 'message-too-large' });
        const crowd = Array.from({ length: 30 }, (_, index) => connection.send(draft(`c${index}`), never));
        const results = await Promise.allSettled(crowd);
        const refused = results.find((result) => result.status === 'rejected');
        expect(refused?.reason).toMatchObject({ code: 'rate-limited', retryAfterMs: expect.any(Number) });
      }),
    );
  });

  test('ends immediately when it is aborted or closed', async () => {
    await withServer({}, (server) =>
      withConnection(connectOptions(server.port), async (connection) => {
        const aborted = AbortSignal.abort();
        await expect(connection.send(draft('a'), aborted)).rejects.toMatchObject({ code: 'cancelled' });
        expect(await connection.history(0, 1, never)).toEqual([]);
        const reading = read(connection, 1);
        connection.close();
        await expect(reading).rejects.toMatchObject({ code: expect.stringMatching(/cancelled|unreachable/) });
      }),
    );
  });
});

describe('an aborted send', () => {
  /** Over a connection that drops all answers. */
  async function withoutAnswers(use: (connection: Connection) => Promise<void>): Promise<void> {
    await withServer({}, async (server) => {
      const proxy = await startTcpProxy(server.port);
      try {
        await withConnection(connectOptions(proxy.port), async (connection) => {
          await connection.send(draft('first'), never);
          proxy.loseAnswers();
          await use(connection);
        });
      } finally {
        await proxy.close();
      }
    });
  }

  test('may have arrived if it was sent', async () => {
    await withoutAnswers(async (connection) => {
      await expect(connection.send(draft('a'), AbortSignal.timeout(300))).rejects.toMatchObject({
        code: 'may-not-have-arrived',
      });
    });
  });

  test('is cancelled if it was not sent', async () => {
    await withoutAnswers(async (connection) => {
      await expect(connection.send(draft('a'), AbortSignal.abort())).rejects.toMatchObject({
        code: 'cancelled',
      });
    });
    const silent = createServer((socket) => socket.resume().on('error', () => undefined));
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    await withConnection(connectOptions(port), async (connection) => {
      await expect(connection.send(draft('a'), AbortSignal.timeout(300))).rejects.toMatchObject({
        code: 'cancelled',
      });
    });
    silent.close();
  });
});

describe('a failed connection', () => {
  test.each(['mistaken', 'pässwörd', 'two\nlines', ''])(
    'is refused with the password %j',
    async (password) => {
      await withServer({}, (server) =>
        withConnection(
          connectOptions(server.port, { credentials: { user: 'user1', password } }),
          async (connection) => {
            const caught = await failures(connection);
            expect(caught.map(({ code }) => code)).toEqual(['login-refused', 'login-refused']);
            expect(caught[0]?.message).toMatch(/^wrong /);
            expect(JSON.stringify(caught)).not.toContain(password || 'qwerty');
          },
        ),
      );
    },
  );

  test('reports a closed port and an unknown name', async () => {
    await withConnection(connectOptions(1), async (connection) => {
      expect(await failures(connection)).toEqual([
        { code: 'unreachable', message: 'nothing is listening on 127.0.0.1:1' },
        { code: 'unreachable', message: 'nothing is listening on 127.0.0.1:1' },
      ]);
    });
    const address = parseAddress('http://name.invalid');
    await withConnection({ ...connectOptions(1), address }, async (connection) => {
      const [first] = await failures(connection);
      expect(first).toEqual({ code: 'unreachable', message: 'name.invalid:65002 was not found' });
    });
  });

  test('times out on a silent server and closes its connection', async () => {
    const closed: Promise<unknown>[] = [];
    const silent = createServer((socket) => {
      socket.resume().on('error', () => undefined);
      closed.push(once(socket, 'close'));
    }).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const options = connectOptions(port, { connectTimeoutMs: 200, sendTimeoutMs: 200 });
    await withConnection(options, async (connection) => {
      expect((await failures(connection)).map(({ code }) => code)).toEqual(['timed-out', 'timed-out']);
    });
    expect(closed.length).toBe(2);
    await Promise.all(closed);
    silent.close();
  });

  test('reports a server that speaks another protocol', async () => {
    const web = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
    }).listen(0, '127.0.0.1');
    await once(web, 'listening');
    const { port } = web.address() as AddressInfo;
    await withConnection(connectOptions(port), async (connection) => {
      expect(await failures(connection)).toEqual(
        Array(2).fill({ code: 'unreachable', message: `cannot connect to 127.0.0.1:${port}` }),
      );
    });
    web.close();
  });
});

describe('a connection to a reference server', () => {
  test('reads and sends over one subscription, and has no extensions', async () => {
    const server = await startReferenceServer();
    await withConnection(connectOptions(server.port), async (connection) => {
      expect(await connection.send(draft('a'), never)).toEqual({ sequence: undefined });
      const [opened, ...batches] = await read(connection, 1);
      expect(opened).toMatchObject({ logId: undefined, head: undefined, resumed: false });
      expect(texts(batches)).toEqual(['a']);
      expect(server.subscriptions()).toBe(1);
      await expect(connection.history(0, 1, never)).rejects.toMatchObject({ code: 'unsupported' });
      const names = connection.usersOnline(never)[Symbol.asyncIterator]();
      await expect(names.next()).rejects.toMatchObject({ code: 'unsupported' });
    });
    server.stop();
  });

  test('receives a history of more than 4 MiB in one message', async () => {
    const server = await startReferenceServer();
    await withConnection(connectOptions(server.port), async (connection) => {
      const large = 'x'.repeat(3_000_000);
      for (const id of ['a', 'b', 'c']) await connection.send(draft(id, large), never);
      expect(texts(await read(connection, 3)).map((text) => text.length)).toEqual(
        Array(3).fill(large.length),
      );
    });
    server.stop();
  });
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { connect } from '../../src/client/connection/grpc/grpc-connection.js';
import type { Post } from '../../src/client/connection/port.js';
import { contentType, lobby } from '../../src/shared/message.js';
import { encodeText } from '../../src/shared/text.js';
import { startServer } from '../../src/server/app/start-server.js';
import { dataWithMessages } from '../server/data-with-messages.js';
import { testOptions, withServer } from '../server/test-server.js';
import { startReferenceServer } from './reference-server.js';
import { startTcpProxy } from './tcp-proxy.js';
import { connectOptions, shown, until, withSession, write } from './with-session.js';
import { inLobby } from '../support/session-driver.js';

async function* posts(count: number): AsyncGenerator<Post, void, void> {
  for (let index = 0; index < count; index++) {
    const draft = { id: `n${index}`, timestamp: 1, type: contentType.text, content: encodeText('x') };
    yield await Promise.resolve({ room: lobby, draft });
  }
}

describe('a session', () => {
  test('shows all messages in order, and own messages keep their keys', async () => {
    await withServer({}, (server) =>
      withSession(connectOptions(server.port), async (session) => {
        const key = write(session, 'one');
        write(session, 'two');
        expect(shown(session.state)).toEqual(['one…', 'two…']);
        await until(
          session,
          ({ outbox, timeline }) => outbox.entries.length === 0 && timeline.items.length === 2,
        );
        expect(shown(session.state)).toEqual(['one', 'two']);
        expect(inLobby(session.state).timeline.items.at(0)).toMatchObject({
          key,
          mine: true,
          message: { sequence: 1 },
        });
        await until(session, ({ online }) => online?.includes('user1') ?? false);
      }),
    );
  });

  test('receives six thousand messages with few notifications', async () => {
    await withServer({}, async (server) => {
      await withSession(connectOptions(server.port), async (session) => {
        await until(session, ({ phase }) => phase.type === 'live');
        let notifications = 0;
        session.subscribe(() => notifications++);
        const sender = connect(connectOptions(server.port));
        for await (const { rejection } of sender.postAll(posts(6000), new AbortController().signal))
          expect(rejection).toBeUndefined();
        sender.close();
        await until(session, ({ position }) => position.readUpTo === 6000);
        expect(inLobby(session.state).timeline.items.length).toBe(5000);
        expect(inLobby(session.state).timeline.trimmed).toBe(1000);
        expect(notifications).toBeLessThan(1200);
      });
    });
  });

  test('loads previous pages', async () => {
    const texts = Array.from({ length: 250 }, (_, index) => String(index));
    const dataDirectory = await dataWithMessages(texts);
    await withServer({ store: 'embedded', dataDirectory }, async (server) => {
      await withSession(connectOptions(server.port), async (session) => {
        await until(session, ({ timeline }) => timeline.items.length === 200);
        session.dispatch({ type: 'load-previous-page' });
        await until(session, ({ previousPage }) => previousPage.type === 'none');
        expect(shown(session.state)).toEqual(texts);
      });
    });
  });

  test('is refused with a wrong password and continues with the right one', async () => {
    await withServer({}, (server) => {
      const wrong = { credentials: { user: 'user1', password: 'wrong' } };
      return withSession(connectOptions(server.port, wrong), async (session) => {
        write(session, 'typed before');
        await until(session, ({ phase }) => phase.type === 'refused');
        session.replaceConnection(connect(connectOptions(server.port)));
        await until(session, ({ timeline }) => timeline.items.length === 1);
        expect(shown(session.state)).toEqual(['typed before']);
      });
    });
  });
});

describe('a session that loses its server', () => {
  test('resumes without a gap or a repeat, and sends waiting messages in order', async () => {
    const dataDirectory = await mkdtemp(join(tmpdir(), 'chat-session-'));
    const options = { ...testOptions, store: 'embedded', dataDirectory } as const;
    const first = await startServer(options);
    await withSession(connectOptions(first.port), async (session) => {
      write(session, 'before');
      await until(session, ({ timeline }) => timeline.items.length === 1);
      await first.stop();
      await until(session, ({ phase }) => phase.type === 'reconnecting');
      write(session, 'meanwhile 1');
      write(session, 'meanwhile 2');
      const second = await startServer({ ...options, port: first.port });
      await until(session, ({ timeline }) => timeline.items.length === 3);
      expect(shown(session.state)).toEqual(['before', 'meanwhile 1', 'meanwhile 2']);
      expect(session.state).toMatchObject({ phase: { type: 'live' }, outbox: { entries: [] } });
      await second.stop();
    });
    await rm(dataDirectory, { recursive: true });
  });

  test('starts a new list in another log, and keeps unsent messages', async () => {
    const first = await startServer(testOptions);
    await withSession(connectOptions(first.port), async (session) => {
      write(session, 'old');
      await until(session, ({ timeline }) => timeline.items.length === 1);
      await first.stop();
      await until(session, ({ phase }) => phase.type === 'reconnecting');
      write(session, 'new');
      const second = await startServer({ ...testOptions, port: first.port });
      await until(session, (state) => shown(state).join() === 'new');
      await second.stop();
    });
  });

  test('detects a silent dead link and resumes over a new connection', async () => {
    await withServer({}, async (server) => {
      const proxy = await startTcpProxy(server.port);
      await withSession(connectOptions(proxy.port, { deadLinkMs: 400 }), async (session) => {
        write(session, 'before');
        await until(session, ({ timeline }) => timeline.items.length === 1);
        proxy.freeze();
        write(session, 'into the void');
        await until(session, ({ phase }) => phase.type === 'reconnecting');
        expect(shown(session.state)).toEqual(['before', 'into the void…']);
        proxy.thaw();
        await until(session, ({ timeline }) => timeline.items.length === 2);
        expect(shown(session.state)).toEqual(['before', 'into the void']);
      });
      await proxy.close();
    });
  });

  test('sends each message once over a connection that is cut repeatedly', async () => {
    await withServer({}, async (server) => {
      const proxy = await startTcpProxy(server.port);
      await withSession(connectOptions(proxy.port), async (session) => {
        const texts = Array.from({ length: 60 }, (_, index) => `message ${index}`);
        for (const text of texts) write(session, text);
        for (const count of [10, 30]) {
          await until(session, ({ timeline }) => timeline.items.length >= count);
          proxy.cut();
        }
        await until(session, ({ timeline }) => timeline.items.length === texts.length);
        expect(shown(session.state)).toEqual(texts);
      });
      await proxy.close();
    });
  });
});

describe('a session with a reference server', () => {
  test('shows each message once, also after a repeated history', async () => {
    const server = await startReferenceServer();
    const proxy = await startTcpProxy(server.port);
    await withSession(connectOptions(proxy.port), async (session) => {
      write(session, 'same');
      write(session, 'same');
      await until(
        session,
        ({ timeline, outbox }) => timeline.items.length === 2 && outbox.entries.length === 0,
      );
      await until(session, ({ extensions }) => extensions === false);
      proxy.cut();
      await until(session, ({ phase }) => phase.type === 'reconnecting');
      await until(session, ({ phase, position }) => phase.type === 'live' && !position.startsNewList);
      expect(shown(session.state)).toEqual(['same', 'same']);
    });
    await proxy.close();
    server.stop();
  });

  test('does not retry a message whose answer was lost', async () => {
    const server = await startReferenceServer();
    await withSession(connectOptions(server.port), async (session) => {
      await until(session, ({ phase }) => phase.type === 'live');
      server.loseNextAnswer();
      write(session, 'lost answer');
      await until(session, ({ phase, timeline }) => phase.type === 'live' && timeline.items.length === 1);
      expect(shown(session.state)).toEqual(['lost answer']);
      expect(server.messages()).toBe(1);
    });
    server.stop();
  });
});

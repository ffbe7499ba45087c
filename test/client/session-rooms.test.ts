import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from '@jest/globals';
import { connect } from '../../src/client/connection/grpc/grpc-connection.js';
import { seenFrom } from '../../src/client/session/state.js';
import { startServer } from '../../src/server/app/start-server.js';
import { contentType, past, roomType } from '../../src/shared/message.js';
import { encodeText } from '../../src/shared/text.js';
import { testOptions } from '../server/test-server.js';
import { connectOptions, until, withSession } from './with-session.js';

const { signal } = new AbortController();

test('a session follows its rooms while others change them and the server restarts', async () => {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'chat-session-'));
  const options = { ...testOptions, store: 'embedded', dataDirectory } as const;
  const first = await startServer(options);
  const other = connect(connectOptions(first.port, { credentials: { user: 'user2', password: 'qwerty' } }));
  const say = async (room: number, id: string): Promise<void> => {
    const content = encodeText(id);
    await other.rooms.post({ room, draft: { id, timestamp: 1, type: contentType.text, content } }, signal);
  };
  await withSession(connectOptions(first.port), async (session) => {
    await until(session, ({ hasRooms }) => hasRooms);
    const textsIn = (room: number): string[] =>
      [...seenFrom(session.state, room).timeline.items]
        .filter(({ message }) => message.detail?.kind !== 4 && message.detail?.kind !== 5)
        .map(({ message }) => Buffer.from(message.content).toString());

    const closed = { type: roomType.closed, past: past.all, topic: 'plans', id: 'ops', members: ['user1'] };
    const { number } = await other.rooms.create({ name: 'ops', ...closed }, signal);
    await until(session, ({ rooms }) => rooms.get(number)?.room.name === 'ops');
    await say(number, 'one');
    await until(session, ({ rooms }) => rooms.get(number)?.news.messages === 1);

    session.dispatch({ type: 'view-room', room: number });
    await until(session, () => textsIn(number).join() === 'one');
    session.submit(contentType.text, encodeText('two'), { room: number });
    await until(session, () => textsIn(number).join() === 'one,two');

    session.dispatch({ type: 'mark-read', room: number });
    await say(number, 'unread');
    await withSession(connectOptions(first.port), async (elsewhere) => {
      await until(elsewhere, ({ rooms }) => rooms.get(number)?.news.messages === 1);
      elsewhere.dispatch({ type: 'mark-read', room: number });
      await until(session, ({ rooms }) => rooms.get(number)?.news.messages === 0);
    });

    await first.stop();
    await until(session, ({ phase }) => phase.type === 'reconnecting');
    session.submit(contentType.text, encodeText('three'), { room: number });
    const second = await startServer({ ...options, port: first.port });
    await until(session, () => textsIn(number).join() === 'one,two,unread,three');
    await other.rooms.update({ room: number, name: 'operations' }, signal);
    await until(session, ({ rooms }) => rooms.get(number)?.room.name === 'operations');

    await other.rooms.remove({ room: number, name: 'user1' }, signal);
    await until(session, ({ rooms }) => !rooms.has(number));
    session.submit(contentType.text, encodeText('in the lobby'), { room: 0 });
    await until(session, () => textsIn(0).join() === 'in the lobby');
    await second.stop();
  });
  other.close();
  await rm(dataDirectory, { recursive: true });
});

import { status } from '@grpc/grpc-js';
import { connect as connectSocket } from 'node:net';
import { once } from 'node:events';
import { expect, test } from '@jest/globals';
import { startServer } from '../../src/server/app/start-server.js';
import { manualClock } from '../support/manual-clock.js';
import { RoomsClient } from './rooms-client.js';
import { textDraft, withClient } from './test-client.js';
import { testOptions } from './test-server.js';

test('a stopping server ends streams by trailers and answers earlier calls', async () => {
  const server = await startServer(testOptions);
  await withClient(server.port, async (client) => {
    const subscription = client.subscribe();
    await subscription.opened();
    const answers = Array.from({ length: 50 }, (_, index) => client.send(textDraft(`${index}`)));
    await Promise.race(answers);
    await server.stop();
    expect(await subscription.ended()).toMatchObject({
      code: status.UNAVAILABLE,
      details: 'the server is shutting down',
    });
    for (const { status: answer } of await Promise.all(answers)) {
      expect([status.OK, status.UNAVAILABLE]).toContain(answer.code);
    }
  });
});

test('a stopped server leaves no timer that would keep its process running', async () => {
  const clock = manualClock();
  const server = await startServer({ ...testOptions, demoUsers: true, clock });
  const creator = new RoomsClient(server.port, 'user1');
  const { number } = await creator.create('room', { members: ['user2'] });
  const stream = await creator.follow().opened();
  const subscription = creator.subscribe();
  await creator.post(number, 'x'.repeat(16_000));
  await stream.has('x'.repeat(16_000));
  creator.online();
  await subscription.opened();
  expect(clock.pending()).toBeGreaterThan(0);
  await server.stop();
  creator.close();
  expect(clock.pending()).toBe(0);
});

test('a stopped server accepts no connections, and stopping it again does nothing', async () => {
  const server = await startServer(testOptions);
  await Promise.all([server.stop(), server.stop()]);
  await server.stop();
  const socket = connectSocket(server.port, '127.0.0.1');
  const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
  expect(error.code).toBe('ECONNREFUSED');
});

test('a server stops despite a stalled subscriber and an idle connection', async () => {
  const server = await startServer({ ...testOptions, maxHistoryMessages: 0 });
  await withClient(server.port, async (client) => {
    const silent = connectSocket(server.port, '127.0.0.1');
    const closed = once(silent, 'close');
    silent.on('error', () => undefined).resume();
    await withClient(server.port, async (slowClient) => {
      const slow = slowClient.subscribe();
      await slow.opened();
      slow.stream.pause();
      for (let sent = 0; sent < 100; sent += 20) {
        await Promise.all(Array.from({ length: 20 }, () => client.sendText('x'.repeat(16_000))));
      }
      await server.stop();
      await closed;
    });
  });
});

test('a second server on the same port fails to start, and the first continues', async () => {
  const first = await startServer(testOptions);
  try {
    await expect(startServer({ ...testOptions, port: first.port })).rejects.toMatchObject({
      code: 'address-in-use',
      hint: expect.stringContaining('--port'),
    });
    await withClient(first.port, async (client) => expect(await client.sendText('here')).toBe(1));
  } finally {
    await first.stop();
  }
});

import { expect, test } from '@jest/globals';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { startDelayedRelay } from './delayed-relay.js';

test('a delayed relay forwards bytes complete, in order and after the delay', async () => {
  const server = createServer((socket) => void socket.pipe(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const relay = await startDelayedRelay((server.address() as AddressInfo).port, 40);
  const sent = Buffer.from(Uint8Array.from({ length: 2_000_000 }, (_, index) => (index * 7) % 251));
  const started = performance.now();

  const socket = connect(relay.port, '127.0.0.1');
  socket.end(sent);
  const received = await buffer(socket);

  expect(received.equals(sent)).toBe(true);
  // A timer may be early by a fraction of a millisecond.
  expect(performance.now() - started).toBeGreaterThan(78);
  await relay.close();
  server.close();
});

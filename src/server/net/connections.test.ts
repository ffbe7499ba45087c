import { expect, test } from '@jest/globals';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { manualClock } from '../../../test/support/manual-clock.js';
import { createAddressLimits } from './address-limits.js';
import { createConnections, firstCallTimeoutMs, type Connections } from './connections.js';

/** Runs `use` with real sockets that `createConnections` has accepted. */
async function withSockets(
  { total = 100 }: { total?: number },
  use: (
    connections: Connections,
    clock: ReturnType<typeof manualClock>,
    open: () => Promise<{ ours: Socket; theirs: Socket }>,
    connectionRejected: string[],
  ) => Promise<void>,
): Promise<void> {
  const clock = manualClock();
  const connectionRejected: string[] = [];
  const limits = createAddressLimits({ total, perAddress: 1 });
  const connections = createConnections({
    limits,
    clock,
    onRejected: (address) => connectionRejected.push(address),
  });
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const opened: Socket[] = [];
  const open = async () => {
    const accepted = once(server, 'connection') as Promise<[Socket]>;
    const theirs = connect((server.address() as AddressInfo).port, '127.0.0.1');
    theirs.on('error', () => undefined).resume();
    const [ours] = await accepted;
    connections.accept(ours);
    opened.push(ours, theirs);
    return { ours, theirs };
  };
  await use(connections, clock, open, connectionRejected);
  for (const socket of opened) socket.destroy();
  server.close();
}

test('a connection without a call is closed after the timeout, one with a call stays open', async () => {
  await withSockets({}, async (connections, clock, open) => {
    const withoutCall = await open();
    const calling = await open();
    connections.noteCall(calling.ours);
    const closed = once(withoutCall.ours, 'close');
    await clock.advance(firstCallTimeoutMs - 1);
    expect(withoutCall.ours.destroyed).toBe(false);
    await clock.advance(1);
    await closed;
    expect(calling.ours.destroyed).toBe(false);
    expect(connections.count()).toBe(1);
  });
});

test('a connection above the limit is closed at once', async () => {
  await withSockets({ total: 1 }, async (connections, _clock, open, connectionRejected) => {
    const first = await open();
    const second = await open();
    expect(second.ours.destroyed).toBe(true);
    expect(connectionRejected).toEqual(['127.0.0.1']);
    const closed = once(first.ours, 'close');
    first.theirs.destroy();
    await closed;
    const third = await open();
    expect(third.ours.destroyed).toBe(false);
    expect(connections.count()).toBe(1);
  });
});

test('destroyAll closes all connections and leaves no timer', async () => {
  await withSockets({}, async (connections, clock, open) => {
    const sockets = [(await open()).ours, (await open()).ours];
    const closed = sockets.map((socket) => once(socket, 'close'));
    connections.destroyAll();
    await Promise.all(closed);
    expect(connections.count()).toBe(0);
    expect(clock.pending()).toBe(0);
  });
});

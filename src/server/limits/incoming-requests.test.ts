import { once } from 'node:events';
import { connect, createServer, type ClientHttp2Stream, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { manualClock } from '../../../test/support/manual-clock.js';
import type { ChatError } from '../../shared/errors.js';
import { createByteBudget } from './byte-budget.js';
import { createIncomingRequests, type IncomingRequest } from './incoming-requests.js';
import { createRateLimit } from './rate-limit.js';
import { createUncheckedRequests } from './unchecked-requests.js';

const cleanUps: (() => unknown)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

const kilobyte = 1024;
const limits = { maxMessageBytes: 500 * kilobyte, maxMessages: 1, maxPerUser: 2 };

/** A request of a real HTTP/2 client to the code under test, with a clock that the test sets. */
async function opened() {
  const clock = manualClock();
  const accounts = createByteBudget({
    totalBytes: 1000 * kilobyte,
    ownerBytes: 600 * kilobyte,
    smallReserveBytes: 0,
    maxWaitingPerOwner: 1,
  });
  const unchecked = createUncheckedRequests({ totalBytes: 1000 * kilobyte, addressBytes: 1000 * kilobyte });
  const requests = createIncomingRequests({
    unchecked,
    accounts,
    rateLimit: createRateLimit(0, clock),
    clock,
  });
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  cleanUps.push(
    () => client.destroy(),
    () => server.close(),
  );

  const open = async (needsLogin = true) => {
    const call: ClientHttp2Stream = client.request({ ':method': 'POST', ':path': '/test' });
    call.on('error', () => undefined);
    const closed = once(call, 'close');
    const [stream] = (await once(server, 'stream')) as [ServerHttp2Stream];
    stream.on('error', () => undefined);
    let received = 0;
    stream.on('data', (chunk: Buffer) => (received += chunk.length));
    const refusals: ChatError[] = [];
    const request: IncomingRequest = requests.open({
      stream,
      address: '192.0.2.1',
      path: '/test',
      limits,
      needsLogin,
      call: {
        reject(error) {
          refusals.push(error);
          request.end();
        },
      },
    });
    return {
      call,
      request,
      refusals,
      received: () => received,
      /** Resolves once the server has received that many bytes of the body. */
      arrived: async (bytes: number): Promise<void> => {
        while (received < bytes) await once(stream, 'data');
      },
      ended: () => closed,
    };
  };
  return { clock, accounts, unchecked, requests, open };
}

/** The prefix of a message of `lengthBytes`, and the first bytes of it. */
function begun(lengthBytes: number, sentBytes = lengthBytes): Buffer {
  const bytes = Buffer.alloc(5 + sentBytes);
  bytes.writeUInt32BE(lengthBytes, 1);
  return bytes;
}

test('a request that stops arriving is rejected after 10 s, and its stream is closed', async () => {
  const { clock, requests, open } = await opened();
  const { call, request, refusals, arrived, ended } = await open();
  void request.admit('ann');
  call.write(begun(1000, 500));
  await arrived(505);
  await clock.advance(9000);
  expect(refusals).toEqual([]);
  await clock.advance(2000);
  expect(refusals).toMatchObject([{ code: 'timed-out' }]);
  await ended();
  expect(requests.incomplete()).toBe(0);
});

test('a request that arrives at the slowest allowed rate is accepted', async () => {
  const { clock, request, refusals, call, arrived } = await opened().then(async (parts) => ({
    ...parts,
    ...(await parts.open()),
  }));
  void request.admit('ann');
  call.write(begun(400 * kilobyte, 0));
  for (let count = 1; count <= 8; count++) {
    call.write(Buffer.alloc(50 * kilobyte));
    await arrived(5 + count * 50 * kilobyte);
    await clock.advance(10_000);
  }
  expect(refusals).toEqual([]);
});

test('a request that arrives byte by byte is refused', async () => {
  const { clock, open } = await opened();
  const { call, request, refusals, arrived } = await open();
  void request.admit('ann');
  call.write(begun(1000, 1));
  for (let count = 1; refusals.length === 0; count++) {
    call.write(Buffer.of(0));
    await arrived(6 + count);
    await clock.advance(1000);
  }
  expect(refusals).toMatchObject([{ code: 'timed-out' }]);
});

test('of a request whose password is being checked, 16 KiB are read', async () => {
  const { clock, unchecked, open } = await opened();
  const { call, request, refusals, received, arrived } = await open();
  call.write(begun(300 * kilobyte));
  await arrived(1);
  await clock.advance(60_000);
  expect(refusals).toEqual([]);
  expect(received()).toBeLessThan(64 * kilobyte + 5);
  expect(unchecked.heldBytes()).toBeLessThan(100 * kilobyte);
  await request.admit('ann');
  expect(unchecked.heldBytes()).toBe(0);
  await arrived(300 * kilobyte + 5);
});

test('a small complete request can wait for its login for any time', async () => {
  const { clock, open } = await opened();
  const { call, refusals, arrived } = await open();
  call.end(begun(10));
  await arrived(15);
  await clock.advance(120_000);
  expect(refusals).toEqual([]);
});

test.each([
  ['that is compressed', Buffer.of(1, 0, 0, 0, 0), 'unsupported'],
  ['that is announced as too large', begun(500 * kilobyte + 1, 0), 'message-too-large'],
  ['after the only one', Buffer.concat([begun(0), begun(0)]), 'usage'],
])('a message %s is rejected before it has arrived', async (_, body, code) => {
  const { open } = await opened();
  const { call, request, refusals, ended } = await open();
  void request.admit('ann');
  call.write(body);
  await ended();
  expect(refusals).toMatchObject([{ code }]);
});

test('an account over its share of memory waits until an earlier request is answered', async () => {
  const { accounts, open } = await opened();
  const first = await open();
  void first.request.admit('ann');
  first.call.write(begun(400 * kilobyte));
  await first.arrived(400 * kilobyte + 5);
  const second = await open();
  void second.request.admit('ann');
  second.call.write(begun(300 * kilobyte));
  await second.arrived(1);
  expect(accounts.waiting().size).toBe(1);
  expect(second.received()).toBeLessThan(300 * kilobyte);
  first.request.end();
  await second.arrived(300 * kilobyte + 5);
  second.request.end();
  expect(accounts.heldBytes()).toBe(0);
});

test('a request that has waited for memory for 10 s is rejected with a delay to retry after', async () => {
  const { clock, open } = await opened();
  const first = await open();
  void first.request.admit('ann');
  first.call.end(begun(500 * kilobyte));
  await first.arrived(500 * kilobyte + 5);
  const second = await open();
  void second.request.admit('ann');
  second.call.write(begun(300 * kilobyte, 0));
  await second.arrived(5);
  await clock.advance(12_000);
  expect(second.refusals).toMatchObject([{ code: 'rate-limited', retryAfterMs: 1000 }]);
  expect(first.refusals).toEqual([]);
});

test('an account can have as many calls of a method in flight as its limit', async () => {
  const { open } = await opened();
  const calls = await Promise.all([open(), open(), open()]);
  void calls[0].request.admit('ann');
  void calls[1].request.admit('ann');
  expect(() => calls[2].request.admit('ann')).toThrow(expect.objectContaining({ code: 'rate-limited' }));
  calls[0].request.end();
  expect(() => calls[2].request.admit('ann')).not.toThrow();
});

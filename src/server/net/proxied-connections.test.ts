import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { manualClock } from '../../../test/support/manual-clock.js';
import { parseAddressRanges } from './address-ranges.js';
import { acceptProxied, proxyHeaderTimeoutMs, type ProxiedConnections } from './proxied-connections.js';

const header = 'PROXY TCP4 192.0.2.7 10.0.0.1 4711 65002\r\n';
let clock: ReturnType<typeof manualClock>;
let accepted: { readonly socket: Socket; readonly address: string | undefined }[];
let refused: string[];
let stops: (() => unknown)[];

beforeEach(() => {
  clock = manualClock();
  accepted = [];
  refused = [];
  stops = [];
});
afterEach(() => {
  for (const stop of stops.splice(0).reverse()) stop();
});

/** Opens a listener on loopback that trusts the addresses in `from`, and a connection to it. */
async function open(
  from: string | undefined,
  maxWithoutHeader = 10,
): Promise<{ theirs: Socket; proxied: ProxiedConnections }> {
  const proxied = acceptProxied({
    from: from === undefined ? undefined : parseAddressRanges('--proxy-protocol', from),
    maxWithoutHeader,
    clock,
    onConnection: (socket, address) => accepted.push({ socket, address }),
    onRefused: (address) => refused.push(address),
  });
  const server = createServer((socket) => {
    stops.push(() => socket.destroy());
    proxied.accept(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const connected = once(server, 'connection');
  const theirs = connect((server.address() as AddressInfo).port, '127.0.0.1').on('error', () => undefined);
  stops.push(
    () => server.close(),
    () => theirs.destroy(),
  );
  await connected;
  return { theirs, proxied };
}

/** Resolves with the first accepted connection. */
async function firstAccepted(): Promise<{ socket: Socket; address: string | undefined }> {
  for (;;) {
    const [first] = accepted;
    if (first) return first;
    await new Promise(setImmediate);
  }
}

describe('a connection from a load balancer', () => {
  test('is accepted with the address in its header and all bytes after it', async () => {
    const { theirs } = await open('127.0.0.1');
    theirs.write(`${header}hello`);
    const { socket, address } = await firstAccepted();
    expect(address).toBe('192.0.2.7');
    expect(String((await once(socket, 'data'))[0])).toBe('hello');
    theirs.write('more');
    expect(String((await once(socket, 'data'))[0])).toBe('more');
    expect(clock.pending()).toBe(0);
  });

  test('may send its header one byte at a time', async () => {
    const { theirs } = await open('127.0.0.1');
    theirs.setNoDelay();
    for (const byte of header) await new Promise((resolve) => theirs.write(byte, resolve));
    expect((await firstAccepted()).address).toBe('192.0.2.7');
  });

  test('keeps its own address if the header names none', async () => {
    const { theirs } = await open('127.0.0.0/8');
    theirs.write('PROXY UNKNOWN\r\n');
    expect((await firstAccepted()).address).toBe('127.0.0.1');
  });

  test('is closed if its header is late', async () => {
    const { theirs } = await open('127.0.0.1');
    theirs.write('PROXY TCP4');
    const closed = once(theirs.resume(), 'close');
    await clock.advance(proxyHeaderTimeoutMs);
    await closed;
    expect([accepted.length, refused]).toEqual([0, ['127.0.0.1']]);
  });

  test.each(['GET / HTTP/1.1\r\n\r\n', 'PROXY TCP4 a b c d\r\n', '\0'])('is closed on %j', async (text) => {
    const { theirs } = await open('127.0.0.1');
    const closed = once(theirs.resume(), 'close');
    theirs.write(text);
    await closed;
    expect([accepted.length, refused, clock.pending()]).toEqual([0, ['127.0.0.1'], 0]);
  });

  test('is closed if it ends before its header', async () => {
    const { theirs } = await open('127.0.0.1');
    const closed = once(theirs.resume(), 'close');
    theirs.end('PROXY');
    await closed;
    expect([accepted.length, clock.pending()]).toEqual([0, 0]);
  });

  test('is closed if too many connections wait for a header, and when the server stops', async () => {
    const { theirs } = await open('127.0.0.1', 0);
    await once(theirs.resume(), 'close');
    expect(refused).toEqual(['127.0.0.1']);
    const { theirs: waiting, proxied } = await open('127.0.0.1');
    const closed = once(waiting.resume(), 'close');
    proxied.close();
    await closed;
    expect(accepted).toEqual([]);
  });
});

test.each([undefined, '10.0.0.0/8'])('another client keeps its own address with %s listed', async (from) => {
  const { theirs } = await open(from);
  theirs.write(header);
  const { socket, address } = await firstAccepted();
  expect(address).toBe('127.0.0.1');
  expect(String((await once(socket, 'data'))[0])).toBe(header);
});

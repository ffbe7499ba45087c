import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { constants, type ClientHttp2Stream, type IncomingHttpHeaders } from 'node:http2';
import { gzipSync } from 'node:zlib';
import { status } from '@grpc/grpc-js';
import { expect, test } from '@jest/globals';
import { encodeDraft } from '../../src/shared/codec.js';
import { encodeSearchQuery } from '../../src/shared/message-queries.js';
import type { ServerOptions } from '../../src/server/app/server-options.js';
import { messages, simpleChat } from '../../src/shared/services.js';
import { beginCall, framed, loginHeaders, openSession, statusOf, undecodableHeaders } from './http2-call.js';
import { check, withBareClient } from './health-client.js';
import { fastClock } from '../support/fast-clock.js';
import { loginMetadata, StreamRecord, textDraft, withClient, type TestClient } from './test-client.js';
import { pngOf } from './test-png.js';
import { withServer, withServerAndClient } from './test-server.js';

const health = '/grpc.health.v1.Health/Check';
const reflection = '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo';
const login = loginHeaders('user1');
/** For what the server does only after some seconds. */
const inFastTime = { clock: fastClock(20) };

/** The status and the text of a rejected call, as they are on the wire. */
async function rejection(call: ClientHttp2Stream): Promise<{ code: string; text: string }> {
  const [headers] = (await once(call, 'response')) as [IncomingHttpHeaders];
  return { code: String(headers['grpc-status']), text: String(headers['grpc-message']) };
}

function compressed(message: Uint8Array): Buffer {
  const frame = framed(gzipSync(message));
  frame[0] = 1;
  return frame;
}

/** Runs `use` with an HTTP/2 connection to a server of its own. */
async function withSession(
  use: (session: ReturnType<typeof openSession>, port: number) => Promise<void>,
  options: Partial<ServerOptions> = {},
): Promise<void> {
  await withServer(options, async ({ port }) => {
    const session = openSession(port);
    try {
      await use(session, port);
    } finally {
      session.destroy();
    }
  });
}

test.each([
  ['a health check', health, {}],
  ['reflection', reflection, {}],
  ['a message', simpleChat.sendMessage.path, login],
  ['a search', messages.search.path, login],
])('the server rejects %s that is compressed, without reading it, and says why', async (_, path, headers) => {
  await withSession(async (session) => {
    const call = beginCall(session, path, { ...headers, 'grpc-encoding': 'gzip' });
    call.write(compressed(Buffer.alloc(1_000_000)));
    expect(await rejection(call)).toEqual({
      code: String(status.UNIMPLEMENTED),
      text: 'compressed messages are not supported: send them uncompressed',
    });
  });
});

test('the headers of a stream say that messages must not be compressed', async () => {
  await withSession(async (session) => {
    const call = beginCall(session, simpleChat.messageList.path, login);
    call.end(framed(Buffer.alloc(0)));
    const [headers] = (await once(call, 'response')) as [IncomingHttpHeaders];
    expect(headers['grpc-accept-encoding']).toBe('identity');
  });
});

test.each([
  ['a health check', health, {}, 4096],
  ['a search', messages.search.path, login, 4096],
  ['a message', simpleChat.sendMessage.path, login, 4_259_584],
])(
  'the server rejects %s as soon as its announced length is over the limit',
  async (_, path, headers, limit) => {
    await withSession(async (session) => {
      const call = beginCall(session, path, headers);
      const announced = Buffer.alloc(5);
      announced.writeUInt32BE(limit + 1, 1);
      call.write(announced);
      expect(await rejection(call)).toEqual({
        code: String(status.RESOURCE_EXHAUSTED),
        text: `the message has ${limit + 1} bytes, the limit is ${limit}`,
      });
    });
  },
);

test.each(['/no.Such/Method', '/grpc.health.v1.Health/Nothing'])(
  'the server answers an unfinished call of %s and closes its stream',
  async (path) => {
    await withSession(async (session) => {
      const call = beginCall(session, path, {});
      call.write(Buffer.alloc(1000));
      const closed = once(call, 'close');
      expect(await statusOf(call)).toBe(status.UNIMPLEMENTED);
      await closed;
    });
  },
);

test('the server rejects a message of many empty fields before decoding it', async () => {
  await withSession(async (session) => {
    const call = beginCall(session, simpleChat.sendMessage.path, login);
    call.end(framed(Buffer.alloc(4_000_000, Buffer.of(0x12, 0))));
    expect(await rejection(call)).toEqual({
      code: String(status.INVALID_ARGUMENT),
      text: 'the message has too many fields',
    });
  });
});

test('the server rejects headers over 8 KiB, and closes a connection that continues to send them', async () => {
  await withSession(async (session) => {
    const headers = Object.fromEntries(
      Array.from({ length: 10 }, (_, index) => [`x-${index}`, 'x'.repeat(1000)]),
    );
    const closed = once(session, 'close');
    const first = beginCall(session, simpleChat.messageList.path, { ...login, ...headers });
    expect(await rejection(first)).toMatchObject({ code: String(status.RESOURCE_EXHAUSTED) });
    for (let count = 0; count < 2; count++)
      beginCall(session, simpleChat.messageList.path, { ...login, ...headers });
    await closed;
  }, inFastTime);
});

test('a connection may have a hundred open calls', async () => {
  await withSession(async (session) => {
    const calls = Array.from({ length: 100 }, (_, index) => {
      const call = beginCall(session, simpleChat.sendMessage.path, login);
      call.write(framed(encodeDraft(textDraft(`text ${index}`))));
      return call;
    });
    for (const call of calls) call.end();
    expect(await Promise.all(calls.map(statusOf))).toEqual(calls.map(() => status.OK));
    expect(session.remoteSettings.maxConcurrentStreams).toBe(100);
  });
});

/** Resolves when the server closes the connection. */
async function closedByServer(socket: Socket): Promise<void> {
  socket.on('error', () => undefined).resume();
  await once(socket, 'close');
}

test('the server closes a connection whose headers cannot be decoded', async () => {
  await withServer(inFastTime, async ({ port }) => {
    const socket = connect(port, '127.0.0.1');
    const closed = closedByServer(socket);
    socket.write(undecodableHeaders);
    await closed;
  });
});

test('unread searches of one user do not block the searches of others', async () => {
  await withServer({}, async ({ port }) => {
    await withClient(port, async (client) => {
      for (let count = 0; count < 40; count++) await client.sendText(`found ${'x'.repeat(10_000)}`);
      const stalled = openSession(port);
      stalled.settings({ initialWindowSize: 0 });
      const query = framed(encodeSearchQuery({ text: 'found', before: 0, limit: 500 }));
      for (let count = 0; count < 40; count++) {
        const call = beginCall(stalled, messages.search.path, login);
        call.end(query);
      }
      for (let count = 0; count < 5; count++) {
        const found = new StreamRecord(
          client.stream(
            messages.search,
            encodeSearchQuery({ text: 'found', before: 0, limit: 1 }),
            loginMetadata('user2'),
          ),
          (bytes) => bytes,
        );
        expect(await found.ended()).toMatchObject({ code: status.OK });
        expect(found.items).toHaveLength(1);
      }
      stalled.destroy();
    });
  });
});

test('the server answers health checks while all places for health watches are taken', async () => {
  await withServer({}, async ({ port }) => {
    const sessions = Array.from({ length: 3 }, () => openSession(port));
    for (const session of sessions) {
      for (let count = 0; count < 90; count++)
        beginCall(session, '/grpc.health.v1.Health/Watch', {}).end(framed(Buffer.alloc(0)));
    }
    await withBareClient(port, async (client) => expect(await check(client, '')).toBe('SERVING'));
    for (const session of sessions) session.destroy();
  });
});

/** Sends that many images of 3 MB, and returns the log id. */
async function sendImages(client: TestClient, count: number): Promise<string> {
  for (let sent = 0; sent < count; sent++)
    await client.send({ ...textDraft(''), type: 2, content: pngOf(3_000_000) });
  const list = client.subscribe();
  await list.opened();
  list.stream.cancel();
  return list.value('log-id') ?? '';
}

/** Opens `count` streams of user1 that never accept their first image, each another one. */
async function openStalledReaders(port: number, logId: string, count: number) {
  const session = openSession(port);
  session.settings({ initialWindowSize: 0 });
  const calls = Array.from({ length: count }, (_, after) => {
    const cursor = { 'log-id': logId, 'resume-after': String(after) };
    const call = beginCall(session, simpleChat.messageList.path, { ...login, ...cursor });
    call.end(framed(Buffer.alloc(0)));
    return call;
  });
  await Promise.all(calls.map((call) => once(call, 'response')));
  return { calls, close: () => session.destroy() };
}

test('the server disconnects stalled readers of a user when another reader of that user needs memory', async () => {
  await withServerAndClient({ maxHistoryMessages: 0, ...inFastTime }, async (client, { port }) => {
    const images = 7;
    const logId = await sendImages(client, images);
    // Five images are just below the 16 MiB that a user may have on the way.
    const stalled = await openStalledReaders(port, logId, 5);
    const closed = new Promise((resolve) => {
      for (const call of stalled.calls) call.once('close', () => resolve(call.rstCode));
    });
    const reader = client.subscribe(
      loginMetadata('user1', 'qwerty', { 'log-id': logId, 'resume-after': '0' }),
    );
    await reader.until(() => reader.messages().length === images);
    expect(await closed).toBe(constants.NGHTTP2_ENHANCE_YOUR_CALM);
    stalled.close();
  });
});

test('stalled readers of large images use a bounded amount of memory, and other readers continue', async () => {
  const options = { maxHistoryMessages: 0, metricsPort: 0, clock: fastClock(4) };
  await withServerAndClient(options, async (client, { port, metricsPort }) => {
    const images = 30;
    const logId = await sendImages(client, images);
    const stalled = await openStalledReaders(port, logId, images);
    const reader = client.subscribe(
      loginMetadata('user2', 'qwerty', { 'log-id': logId, 'resume-after': '0' }),
    );
    await reader.until(() => reader.messages().length === images);
    const bufferedBytes = async (): Promise<number> => {
      const metrics = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
      return Number(/^chat_outgoing_large_bytes (\S+)$/m.exec(metrics)?.[1]);
    };
    // The last image of the other reader is counted until the connection has accepted all of it.
    let bytes = await bufferedBytes();
    while (bytes > 16 * 1024 * 1024) bytes = await bufferedBytes();
    expect(bytes).toBeGreaterThan(3_000_000);
    stalled.close();
  });
});

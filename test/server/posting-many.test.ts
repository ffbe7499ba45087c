import { once } from 'node:events';
import { type ClientHttp2Stream, type IncomingHttpHeaders } from 'node:http2';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { status } from '@grpc/grpc-js';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { accountFile } from '../../src/server/accounts/account-file.js';
import { addUser, removeUser } from '../../src/server/accounts/change-accounts.js';
import { encodeDraft } from '../../src/shared/codec.js';
import { contentType } from '../../src/shared/message.js';
import { decodePosted, type PostedOfMany } from '../../src/shared/room-answers.js';
import { messages } from '../../src/shared/services.js';
import { fastClock } from '../support/fast-clock.js';
import { beginCall, framed, loginHeaders, openSession, statusOf } from './http2-call.js';
import { encodePost } from './rooms-client.js';
import { loginMetadata, StreamRecord, TestClient, textDraft } from './test-client.js';
import { pngOf } from './test-png.js';
import { startTestServer, withServer, withServerAndClient } from './test-server.js';

let client: TestClient;
let tests = 0;

beforeAll(async () => {
  client = new TestClient((await startTestServer({ demoUsers: true })).port);
});

afterAll(() => client.close());

type Numbered = { readonly id: string; readonly request: Uint8Array };

/** Texts `0`, `1`, … to the lobby. */
function texts(count: number): Numbered[] {
  tests++;
  return Array.from({ length: count }, (_, index) => {
    const id = `${tests}-${index}`;
    return { id, request: encodePost(0, String(index), { id }) };
  });
}

/** A call with its answers. */
function begin(user = 'user1', from = client) {
  const call = from.postAll(loginMetadata(user));
  return { call, record: new StreamRecord<PostedOfMany>(call, decodePosted) };
}

async function postAll(requests: readonly Uint8Array[], from = client) {
  const { call, record } = begin('user1', from);
  for (const request of requests) call.write(request);
  call.end();
  return { status: await record.ended(), answers: record.items };
}

const ok = { code: status.OK, text: '', retryAfterMs: undefined };

test('messages are stored and answered in the order sent, without waiting for each answer', async () => {
  const list = client.subscribe();
  await list.opened();
  const sent = texts(2000);
  const { status: end, answers } = await postAll(sent.map(({ request }) => request));
  expect(end.code).toBe(status.OK);
  const first = answers[0]?.sequence ?? 0;
  expect(answers).toEqual(sent.map(({ id }, index) => ({ ...ok, id, sequence: first + index })));
  await list.until(() => list.messages().at(-1)?.sequence === first + 1999);
  const stored = list.messages().filter(({ sequence }) => sequence >= first);
  expect(stored.map(({ id }) => id)).toEqual(sent.map(({ id }) => id));
  list.stream.cancel();
});

test('each answer comes without the end of the stream', async () => {
  const { call, record } = begin();
  for (const [index, { id, request }] of texts(3).entries()) {
    call.write(request);
    await record.until(() => record.items.length === index + 1);
    expect(record.items.at(-1)).toMatchObject({ ...ok, id });
  }
  call.end();
  expect(await record.ended()).toMatchObject({ code: status.OK });
});

test('repeated messages are answered with the first sequence', async () => {
  const requests = texts(300).map(({ request }) => request);
  const { answers } = await postAll(requests);
  expect((await postAll([...requests, ...requests])).answers).toEqual([...answers, ...answers]);
});

test.each([
  ['an empty text', encodePost(0, '', { id: 'rejected' }), 3, 'the text is empty', 'rejected'],
  ['no id', encodePost(0, 'text', { id: '' }), 3, 'the id is missing', ''],
  ['an unknown room', encodePost(2 ** 40, 'text', { id: 'rejected' }), 5, 'no such room', 'rejected'],
  [
    'an unknown message',
    encodePost(0, 'a', { id: 'rejected', replyTo: 2 ** 40 }),
    5,
    'no such message',
    'rejected',
  ],
  ['invalid protobuf', Buffer.from([0xff]), 3, 'the request is not valid protobuf', ''],
])(
  'after a message with %s the rest is answered with ABORTED and not stored',
  async (_, wrong, code, text, id) => {
    const sent = texts(600);
    const requests = sent.map(({ request }) => request);
    const { status: end, answers } = await postAll([
      ...requests.slice(0, 300),
      wrong,
      ...requests.slice(300),
    ]);
    expect(end.code).toBe(status.OK);
    expect(answers.slice(0, 300)).toMatchObject(sent.slice(0, 300).map((post) => ({ ...ok, id: post.id })));
    expect(answers[300]).toEqual({ id, sequence: 0, code, text, retryAfterMs: undefined });
    const aborted = {
      sequence: 0,
      code: status.ABORTED,
      text: 'an earlier message of the stream was rejected',
    };
    expect(answers.slice(301)).toMatchObject(sent.slice(300).map((post) => ({ ...aborted, id: post.id })));
    const again = await postAll(requests.slice(300));
    expect(again.answers[0]?.sequence).toBe((answers[299]?.sequence ?? 0) + 1);
  },
);

test('the rate limit rejects messages with a time to wait, and does not end the call', async () => {
  await withServerAndClient({ maxMessagesPerSecond: 10 }, async (limited) => {
    const { status: end, answers } = await postAll(
      texts(60).map(({ request }) => request),
      limited,
    );
    expect(end.code).toBe(status.OK);
    const stored = answers.findIndex(({ sequence }) => sequence === 0);
    expect(stored).toBeGreaterThanOrEqual(50);
    expect(answers[stored]).toMatchObject({ code: status.RESOURCE_EXHAUSTED, sequence: 0 });
    expect(answers[stored]?.retryAfterMs).toBeGreaterThan(0);
    expect(new Set(answers.slice(stored + 1).map(({ code }) => code))).toEqual(new Set([status.ABORTED]));
    expect(answers).toHaveLength(60);
  });
});

test('images are stored in their order among texts', async () => {
  const [before, after] = texts(2);
  const png = { ...textDraft(''), type: contentType.image, content: pngOf(3_000_000) };
  const images = Array.from({ length: 12 }, (_, index) => encodeDraft({ ...png, id: `${tests}-i${index}` }));
  const requests = [before, after].map((text) => text?.request ?? new Uint8Array(0));
  const { answers } = await postAll([...requests.slice(0, 1), ...images, ...requests.slice(1)]);
  const first = answers[0]?.sequence ?? 0;
  expect(answers.map(({ sequence }) => sequence)).toEqual(
    Array.from({ length: 14 }, (_, index) => first + index),
  );
});

test('a server that stops ends the call; what was answered is stored', async () => {
  const server = await startTestServer();
  const own = new TestClient(server.port);
  const { call, record } = begin('user1', own);
  for (const { request } of texts(10)) call.write(request);
  await record.until(() => record.items.length === 10);
  await server.stop();
  expect(await record.ended()).toMatchObject({
    code: status.UNAVAILABLE,
    details: 'the server is shutting down',
  });
  own.close();
});

const path = messages.postAll.path;
const login = loginHeaders('user1');

async function rejection(call: ClientHttp2Stream): Promise<{ code: string; text: string }> {
  const [headers] = (await once(call, 'response')) as [IncomingHttpHeaders];
  return { code: String(headers['grpc-status']), text: String(headers['grpc-message']) };
}

async function withSession(
  use: (session: ReturnType<typeof openSession>, port: number) => Promise<void>,
): Promise<void> {
  await withServer({ clock: fastClock(20), metricsPort: 0 }, async ({ port, metricsPort }) => {
    const session = openSession(port);
    try {
      await use(session, metricsPort ?? 0);
    } finally {
      session.destroy();
    }
  });
}

test('a compressed message, and one that is announced as too large, are rejected before they arrive', async () => {
  await withSession(async (session) => {
    const compressed = framed(gzipSync(Buffer.alloc(1000)));
    compressed[0] = 1;
    const first = beginCall(session, path, { ...login, 'grpc-encoding': 'gzip' });
    first.write(compressed);
    expect(await rejection(first)).toMatchObject({ code: String(status.UNIMPLEMENTED) });
    const announced = Buffer.alloc(5);
    announced.writeUInt32BE(2 ** 32 - 1, 1);
    const second = beginCall(session, path, login);
    second.write(announced);
    expect(await rejection(second)).toMatchObject({
      code: String(status.RESOURCE_EXHAUSTED),
      text: 'the message has 4294967295 bytes, the limit is 4259584',
    });
  });
});

test('a half message, and a stream without messages, end the call in time', async () => {
  await withSession(async (session) => {
    const half = beginCall(session, path, login);
    half.write(framed(encodePost(0, 'text')).subarray(0, 20));
    const idle = beginCall(session, path, login);
    expect(await rejection(half)).toMatchObject({ code: String(status.DEADLINE_EXCEEDED) });
    expect(await rejection(idle)).toMatchObject({ code: String(status.DEADLINE_EXCEEDED) });
  });
});

test('a client that reads no answers is stopped by flow control, and its call ends', async () => {
  await withSession(async (session, metricsPort) => {
    session.settings({ initialWindowSize: 0 });
    const call = beginCall(session, path, login);
    const closed = statusOf(call);
    const one = framed(encodePost(0, 'x'.repeat(1000)));
    let written = 0;
    const fill = (): void => {
      while (!call.destroyed && written < 50_000_000 && call.write(one)) written += one.length;
    };
    call.on('drain', fill);
    fill();
    await closed;
    const metrics = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
    expect(written).toBeLessThan(4_000_000);
    expect(metrics).toMatch(/^chat_entries_total\{\S*\} (\d{1,3})$/m);
  });
});

test('an account has at most 8 such calls, whose memory is released when they end', async () => {
  await withSession(async (session, metricsPort) => {
    const calls = Array.from({ length: 90 }, () => beginCall(session, path, login));
    const ends = await Promise.all(calls.slice(8).map((call) => rejection(call)));
    expect(ends.every(({ code }) => code === String(status.RESOURCE_EXHAUSTED))).toBe(true);
    const image = Buffer.alloc(5);
    image.writeUInt32BE(4_000_000, 1);
    for (const call of calls.slice(0, 8)) call.write(Buffer.concat([image, Buffer.alloc(1000)]));
    const codes = await Promise.all(calls.slice(0, 8).map(statusOf));
    expect(
      codes.every((code) => code === status.DEADLINE_EXCEEDED || code === status.RESOURCE_EXHAUSTED),
    ).toBe(true);
    const metrics = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
    expect(metrics).toMatch(/^chat_requests_bytes 0$/m);
  });
});

test('a removed account ends the call; what was answered is stored', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'chat-server-'));
  const store = accountFile(directory);
  for (const name of ['ann', 'bob']) await addUser(store, { name, password: 'a password' });
  await withServerAndClient({ dataDirectory: directory }, async (own) => {
    const call = own.postAll(loginMetadata('ann', 'a password'));
    const record = new StreamRecord<PostedOfMany>(call, decodePosted);
    call.write(encodePost(0, 'before', { id: 'a1' }));
    await record.until(() => record.items.length === 1);
    await removeUser(store, 'ann');
    expect(await record.ended()).toMatchObject({
      code: status.UNAUTHENTICATED,
      details: 'your account was removed',
    });
    const bob = own.subscribe(loginMetadata('bob', 'a password'));
    await bob.opened();
    await bob.until(() => bob.messages().length > 0);
    expect(bob.messages().map(({ id }) => id)).toEqual(['a1']);
  });
});

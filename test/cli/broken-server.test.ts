import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { status } from '@grpc/grpc-js';
import { runChat, startChat } from '../chat-process.js';
import { brokenEntries, cutOff, framedEntry, goodEntry } from '../client/broken-bytes.js';
import { frame, startRawServer, type RawCall } from '../client/raw-server.js';

const env = { CHAT_USER: 'user1', CHAT_PASSWORD: 'qwerty' };
const leftOut = /^chat: 127\.0\.0\.1:\d+ sent something that cannot be read: it is left out$/gm;
const log = (head: number) => ({ 'log-id': 'broken', head: String(head), resumed: 'false' });
const textsOf = (stdout: string) => [...stdout.matchAll(/> (.*)$/gm)].map(([, text]) => text);

/** Answers every subscription with one batch, and keeps the stream open. */
const sends = (head: number, ...entries: readonly Uint8Array[]) => ({
  messageList(call: RawCall) {
    call.open(log(head));
    void call.write(frame(Buffer.concat(entries)));
  },
});

const connectOnce = (address: string, ...args: readonly string[]) =>
  runChat(['connect', address, '--once', ...args], { env });

describe('connect without a screen, from a broken server', () => {
  test.each(Object.entries(brokenEntries))(
    'prints the messages around an entry with %s',
    async (_, entry) => {
      const address = await startRawServer(sends(3, goodEntry(1), entry, goodEntry(3)));
      const { stdout, stderr, code } = await connectOnce(address);
      expect(textsOf(stdout)).toEqual(['text 1', 'text 3']);
      expect(stderr.match(leftOut)).toHaveLength(1);
      expect(code).toBe(0);
    },
  );

  test('prints a name that is not UTF-8 with a replacement character', async () => {
    const named = framedEntry(0x12, 1, 0x61, 0x18, 1, 0x22, 3, 0x62, 0xff, 0x63, 0x28, 2);
    const address = await startRawServer(sends(3, goodEntry(1), named, goodEntry(3)));
    const { stdout, stderr } = await connectOnce(address);
    expect(stdout).toContain('<b\ufffdc> a\n');
    expect(textsOf(stdout)).toEqual(['text 1', 'a', 'text 3']);
    expect(stderr).toBe('');
  });

  test('reports unreadable entries once, and continues with later batches', async () => {
    const address = await startRawServer({
      async messageList(call) {
        call.open(log(0));
        await call.write(frame(new Uint8Array(0)));
        let sequence = 0;
        for (const entry of Object.values(brokenEntries)) {
          await call.write(frame(goodEntry(++sequence)));
          await call.write(frame(entry));
        }
        await call.write(frame(goodEntry(++sequence)));
      },
    });
    const most = Object.keys(brokenEntries).length + 1;
    const { stdout, stderr } = await runChat(['connect', address, '--max-messages', String(most)], { env });
    expect(textsOf(stdout)).toHaveLength(most);
    expect(stderr.match(leftOut)).toHaveLength(1);
  });

  test('exits with --once if the newest message is unreadable', async () => {
    const address = await startRawServer(sends(2, goodEntry(1), framedEntry(0x12, 9)));
    const { stdout, code } = await connectOnce(address);
    expect(textsOf(stdout)).toEqual(['text 1']);
    expect(code).toBe(0);
  });

  test('requests the rest of a truncated batch, then the messages after it', async () => {
    const asked: (string | undefined)[] = [];
    const address = await startRawServer({
      messageList(call) {
        const after = call.headers['resume-after'];
        asked.push(after?.toString());
        call.open({ ...log(4), resumed: String(after !== undefined) });
        const tail = after === '3' ? goodEntry(4) : cutOff;
        void call.write(
          frame(after === undefined ? Buffer.concat([goodEntry(1), goodEntry(2), tail]) : tail),
        );
      },
    });
    const { stdout, stderr, code } = await connectOnce(address);
    expect(textsOf(stdout)).toEqual(['text 1', 'text 2', 'text 4']);
    expect(asked.slice(-3)).toEqual([undefined, '2', '3']);
    expect(stderr.match(leftOut)).toHaveLength(1);
    expect(code).toBe(0);
  });

  test('accepts and offers no compression', async () => {
    let offered: unknown;
    const bomb = gzipSync(Buffer.alloc(60_000_000, Uint8Array.from([0x0a, 0])));
    const address = await startRawServer({
      messageList(call) {
        offered = call.headers['grpc-accept-encoding'];
        call.open({ ...log(0), 'grpc-encoding': 'gzip' });
        void call.write(frame(bomb, 1));
      },
    });
    const { stderr, code } = await connectOnce(address);
    expect(offered).toBe('identity');
    expect(stderr).toBe('chat: the server sent a compressed message, which this client does not accept\n');
    expect(code).toBe(1);
  });

  test.each<[string, Buffer, RegExp]>([
    [
      'that claims to be compressed',
      frame(goodEntry(1), 1),
      /^chat: the server sent a compressed message, .*\n$/,
    ],
    ['with an unknown flag', frame(goodEntry(1), 7), /^chat: the server sent a compressed message, .*\n$/],
    [
      'of a negative length',
      frame(goodEntry(1), 0, 0xffffffff),
      /^chat: the server sent a message that is too large\n$/,
    ],
  ])('reports a message %s', async (_, bytes, reason) => {
    const address = await startRawServer({
      messageList(call) {
        call.open(log(1));
        void call.write(bytes);
      },
    });
    const { stderr } = await connectOnce(address);
    expect(stderr).toMatch(reason);
  });

  test('prints the last of millions of messages of a server without a log', async () => {
    const history = Buffer.concat([Buffer.alloc(60_000_000, framedEntry()), goodEntry(0, 'text 3')]);
    const address = await startRawServer({
      messageList(call) {
        call.open();
        void call.write(frame(history));
      },
    });
    const { stdout, stderr, code } = await connectOnce(address);
    expect(textsOf(stdout)).toEqual(['text 3']);
    expect(stderr.match(leftOut)).toHaveLength(1);
    expect(code).toBe(0);
  });

  test('reports a batch that is larger than a server with a log may send', async () => {
    const address = await startRawServer(sends(3, Buffer.alloc(9_000_000)));
    const { stderr, code } = await connectOnce(address);
    expect(stderr).toBe('chat: the server sent a message of 9.0 MB: that is too large\n');
    expect(code).toBe(1);
  });

  test('exits on a signal during an endless stream of tiny batches', async () => {
    const address = await startRawServer({
      async messageList(call) {
        call.open(log(0));
        await call.write(frame(new Uint8Array(0)));
        const tiny = Buffer.concat(Array<Buffer>(10_000).fill(frame(framedEntry())));
        while (!call.isClosed) await call.write(tiny);
      },
    });
    const client = startChat(['connect', address], { env });
    await client.until(({ stderr }) => stderr().includes('cannot be read'));
    client.kill('SIGTERM');
    expect((await client.ended).code).toBe(143);
  });
});

describe('history, from a broken server', () => {
  const whole = Buffer.concat([goodEntry(3), ...Object.values(brokenEntries), goodEntry(1)]);
  const unary = (bytes: Uint8Array) => (call: RawCall) => {
    call.open();
    void call.write(frame(bytes)).then(() => call.end());
  };

  test('prints the messages around broken entries', async () => {
    const address = await startRawServer({
      ...sends(3, goodEntry(1), ...Object.values(brokenEntries), goodEntry(3)),
      history: unary(whole),
    });
    const { stdout, stderr, code } = await runChat(['history', address], { env });
    expect(textsOf(stdout)).toEqual(['text 1', 'text 3']);
    expect(stderr.match(leftOut)).toHaveLength(1);
    expect(code).toBe(0);
  });

  test('searches around broken entries, and does not repeat a page', async () => {
    let searches = 0;
    const address = await startRawServer({
      ...sends(3),
      history: unary(whole),
      search(call) {
        searches++;
        unary(Buffer.concat([whole, whole]))(call);
      },
    });
    const { stdout, stderr, code } = await runChat(['history', address, '--search', 'text'], { env });
    expect(textsOf(stdout)).toEqual(['text 1', 'text 3']);
    expect(stderr.match(leftOut)).toHaveLength(1);
    expect(code).toBe(0);
    expect(searches).toBe(1);
  });

  test('reports a page that is larger than a server may send', async () => {
    const address = await startRawServer({ ...sends(3), history: unary(Buffer.alloc(9_000_000)) });
    const { stderr, code } = await runChat(['history', address], { env });
    expect(stderr).toBe('chat: the server sent a message of 9.0 MB: that is too large\n');
    expect(code).toBe(1);
  });
});

describe('send, to a broken server', () => {
  test('accepts an answer that is not protobuf, and an invalid sequence', async () => {
    const address = await startRawServer({
      sendMessage(call) {
        call.open();
        const trailers = { sequence: '99999999999999999999' };
        void call.write(frame(Buffer.from([0x0f]))).then(() => call.end(status.OK, trailers));
      },
    });
    const { stdout, code } = await runChat(['send', address, '--json', 'hello'], { env });
    expect(JSON.parse(stdout)).not.toHaveProperty('sequence');
    expect(code).toBe(0);
  });

  test('reports a compressed answer', async () => {
    const address = await startRawServer({
      sendMessage(call) {
        call.open({ 'grpc-encoding': 'gzip' });
        void call.write(frame(gzipSync(Buffer.alloc(60_000_000)), 1));
      },
    });
    const { stderr, code } = await runChat(['send', address, '--timeout', '1s', 'hello'], { env });
    expect(stderr).toMatch(/the server sent a compressed message, .*: the message may not have arrived/);
    expect(code).toBe(3);
  });
});

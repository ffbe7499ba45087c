import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { encodeEntry, encodeUnsequenced } from '../../src/shared/codec.js';
import { encodePresenceUpdate } from '../../src/shared/presence-update.js';
import { contentType } from '../../src/shared/message.js';
import { encodeText } from '../../src/shared/text.js';
import { brokenEntries, cutOff, framedEntry, goodEntry } from '../client/broken-bytes.js';
import { frame, startRawServer, type RawCall } from '../client/raw-server.js';
import { joined } from './joined.js';
import { isGivenBack, type TerminalProgram } from './terminal-program.js';

const log = { 'log-id': 'broken', head: '0', resumed: 'false' };

/** Sends each subscription an empty batch, then the output of `send`. */
const room = (send: (call: RawCall) => Promise<void>, metadata = {}) =>
  startRawServer({
    async messageList(call) {
      call.open({ ...log, ...metadata });
      await call.write(frame(new Uint8Array(0)));
      await send(call);
    },
  });

/** Checks that typing works and that exit restores the terminal. */
async function expectUsable(client: TerminalProgram): Promise<void> {
  client.write('still here');
  await client.until((screen) => screen.includes('│ still here'));
  client.write('\u0015/quit\r');
  expect(await client.exitCode).toBe(0);
  expect(isGivenBack(client)).toBe(true);
}

const entry = (sequence: number, from: string, type: number, content: Uint8Array): Uint8Array =>
  encodeEntry(encodeUnsequenced({ id: '', from, timestamp: 1, type, content }), sequence);

test('broken entries and batches are omitted with a notice, and later messages are shown', async () => {
  const address = await room(async (call) => {
    if (call.headers['resume-after'] !== undefined) return;
    await call.write(frame(Buffer.concat([goodEntry(1), ...Object.values(brokenEntries), goodEntry(2)])));
    await call.write(frame(goodEntry(3)));
    await call.write(frame(cutOff));
  });
  const client = await joined(address);
  await client.until(
    (screen) => screen.includes('text 3') && screen.includes('cannot be read: it is left out'),
  );
  await client.until((screen) => screen.includes('· connected'));
  await expectUsable(client);
});

test('a batch that is always truncated leaves the client usable', async () => {
  const address = await room((call) => call.write(frame(Buffer.concat([goodEntry(1), cutOff]))));
  const client = await joined(address);
  await client.until((screen) => screen.includes('text 1') && screen.includes('reconnecting in'));
  await expectUsable(client);
});

test('a compressed message is rejected with the reason', async () => {
  const bomb = frame(gzipSync(Buffer.alloc(60_000_000, framedEntry())), 1);
  const address = await room((call) => call.write(bomb), { 'grpc-encoding': 'gzip' });
  const client = await joined(address);
  await client.until((screen) => screen.includes('the server sent a compressed message'));
  await expectUsable(client);
});

test.each<[string, () => Buffer]>([
  ['millions of empty messages', () => Buffer.alloc(4 * 1024 * 1024, framedEntry())],
  [
    'a hundred thousand messages',
    () => Buffer.concat(Array.from({ length: 100_000 }, (_, index) => goodEntry(index + 1))),
  ],
  [
    'a text of 4 MB',
    () => Buffer.from(entry(1, 'user2', contentType.text, encodeText('x y '.repeat(1_000_000)))),
  ],
  [
    'a text of 4 MB of combining characters',
    () => Buffer.from(entry(1, 'user2', contentType.text, encodeText('\u0301'.repeat(2_000_000)))),
  ],
  [
    'a name of 4 MB',
    () => Buffer.from(entry(1, 'x\u0301'.repeat(1_300_000), contentType.text, encodeText('hello'))),
  ],
  [
    'an image whose header lies',
    () => {
      const png = Buffer.alloc(1_000_000);
      png.write('89504e470d0a1a0a0000000d49484452000027100000271008060000', 'hex');
      return Buffer.from(entry(1, 'user2', contentType.image, png));
    },
  ],
])('one batch of %s leaves the client usable', async (_, bytes) => {
  const batch = frame(bytes());
  const address = await room(async (call) => {
    await call.write(batch);
    await call.write(frame(goodEntry(200_000, 'and then this')));
  });
  const client = await joined(address);
  await client.until((screen) => screen.includes('and then this'));
  await expectUsable(client);
});

test.each<[string, Uint8Array]>([
  ['empty batches', new Uint8Array(0)],
  ['batches of an empty message', framedEntry()],
  ['batches of a message without a sequence', goodEntry(0, 'again and again')],
])('an endless stream of %s leaves the client usable', async (_, batch) => {
  const batches = Buffer.concat(Array<Buffer>(1000).fill(frame(batch)));
  const address = await room(async (call) => {
    while (!call.isClosed) await call.write(batches);
  });
  await expectUsable(await joined(address));
});

test('an endless stream of updates of the users leaves the client usable', async () => {
  const updates = [['ann'], ['bob', 'x'.repeat(100_000)]].map((online) =>
    frame(encodePresenceUpdate({ first: true, online, offline: [] })),
  );
  const address = await startRawServer({
    messageList(call) {
      call.open(log);
      void call.write(frame(new Uint8Array(0)));
    },
    async watch(call) {
      call.open();
      while (!call.isClosed) await call.write(Buffer.concat(updates));
    },
  });
  await expectUsable(await joined(address));
});

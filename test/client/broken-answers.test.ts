import { expect, test } from '@jest/globals';
import { parseAddress } from '../../src/client/connection/address.js';
import type { Connection } from '../../src/client/connection/port.js';
import { connect } from '../../src/client/connection/grpc/grpc-connection.js';
import { encodeEntry, encodeUnsequenced } from '../../src/shared/codec.js';
import { contentType, lobby, messageKind, type Detail } from '../../src/shared/message.js';
import { encodePresenceUpdate } from '../../src/shared/presence-update.js';
import { encodeText } from '../../src/shared/text.js';
import { framedEntry, goodEntry } from './broken-bytes.js';
import { frame, startRawServer, type RawCall, type RawMethods } from './raw-server.js';

const { signal } = new AbortController();
const broken = framedEntry(0x12, 9);

/** Returns how often `onUnreadable` was called. */
async function reportsOf(
  methods: RawMethods,
  use: (connection: Connection) => Promise<void>,
): Promise<number> {
  let reports = 0;
  const connection = connect({
    address: parseAddress(await startRawServer(methods)),
    credentials: { user: 'user1', password: 'qwerty' },
    onUnreadable: () => reports++,
  });
  await use(connection);
  connection.close();
  return reports;
}

/** Answers each call with the next list, and finally with empty ones. */
function inTurn(...lists: readonly (readonly Uint8Array[])[]): {
  calls: () => number;
  method: (call: RawCall) => void;
} {
  let calls = 0;
  return {
    calls: () => calls,
    method(call) {
      call.open();
      void call.write(frame(Buffer.concat(lists[calls++] ?? []))).then(() => call.end());
    },
  };
}

test('an unreadable page is skipped and does not count as the start of the log', async () => {
  const pages = inTurn([broken, broken], [broken], [goodEntry(6), goodEntry(5)]);
  const reports = await reportsOf({ history: pages.method }, async (connection) => {
    expect((await connection.history(10, 2, signal)).map(({ sequence }) => sequence)).toEqual([6, 5]);
  });
  expect(pages.calls()).toBe(3);
  expect(reports).toBe(1);
});

test('an unreadable page is skipped, and does not count as the end of the log', async () => {
  const pages = inTurn([broken, broken], [goodEntry(6), goodEntry(5)]);
  await reportsOf({ history: pages.method }, async (connection) => {
    expect((await connection.historyAfter(2, 2, signal)).map(({ sequence }) => sequence)).toEqual([5, 6]);
  });
  expect(pages.calls()).toBe(2);
});

test('an unreadable log is abandoned after 20 pages', async () => {
  const pages = inTurn(...Array<Uint8Array[]>(1000).fill([broken]));
  await reportsOf({ history: pages.method }, async (connection) => {
    expect(await connection.history(2 ** 40, 1, signal)).toEqual([]);
  });
  expect(pages.calls()).toBe(20);
});

test('a search continues after the last match if the server counted unreadable ones', async () => {
  const finds = inTurn([goodEntry(9), broken, goodEntry(8)], [goodEntry(3)]);
  const found: number[] = [];
  const reports = await reportsOf({ search: finds.method }, async (connection) => {
    for await (const { sequence } of connection.search('text', 0, 3, signal)) found.push(sequence);
  });
  expect(found).toEqual([9, 8, 3]);
  expect(finds.calls()).toBe(2);
  expect(reports).toBe(1);
});

test('a search returns no more than the limit', async () => {
  const finds = inTurn([9, 8, 7, 6].map((sequence) => goodEntry(sequence)));
  const found: number[] = [];
  await reportsOf({ search: finds.method }, async (connection) => {
    for await (const { sequence } of connection.search('text', 0, 2, signal)) found.push(sequence);
  });
  expect(found).toEqual([9, 8]);
});

test('a list of users is read without its broken names', async () => {
  const lists = inTurn([
    encodePresenceUpdate({ first: true, online: ['ann'], offline: [] }),
    Uint8Array.of(0x12, 0),
    Uint8Array.of(0x12, 1, 0xff),
  ]);
  const reports = await reportsOf({ watch: lists.method }, async (connection) => {
    for await (const { names } of connection.usersOnline(signal)) expect(names).toEqual(['ann', '\ufffd']);
  });
  expect(reports).toBe(1);
});

test('the list of users follows the updates, and its size is bounded', async () => {
  const names = (prefix: string) => Array.from({ length: 15_000 }, (_, index) => `${prefix}${index}`);
  const updates = [
    { first: true, online: ['bob', 'ann'], offline: [] },
    { first: false, online: ['cleo'], offline: ['bob', 'nobody'] },
    { first: false, online: names('d'), offline: [] },
    { first: false, online: names('e'), offline: [] },
    { first: true, online: ['ann'], offline: [] },
  ].map((update) => frame(encodePresenceUpdate(update)));
  const lists: string[][] = [];
  const watch = async (call: RawCall): Promise<void> => {
    call.open();
    await call.write(Buffer.concat(updates));
    call.end();
  };
  await reportsOf({ watch }, async (connection) => {
    for await (const online of connection.usersOnline(signal)) lists.push([...online.names]);
  });
  expect(lists.slice(0, 2)).toEqual([
    ['ann', 'bob'],
    ['ann', 'cleo'],
  ]);
  expect(lists.slice(2).map(({ length }) => length)).toEqual([15_002, 20_000, 1]);
});

test('entries that are not plain messages of the lobby are ignored and not reported', async () => {
  const entry = (sequence: number, detail?: Detail): Uint8Array => {
    const plain = { id: '', from: 'ann', timestamp: 1, type: contentType.text, content: encodeText('hello') };
    return encodeEntry(encodeUnsequenced({ ...plain, ...(detail && { detail }) }), sequence);
  };
  const entries = [
    entry(9, { room: 7, kind: messageKind.message }),
    entry(8, { room: lobby, kind: messageKind.message, replyTo: 3 }),
    entry(7, { room: lobby, kind: messageKind.member }),
    entry(6, { room: lobby, kind: 99 }),
    entry(5),
  ];
  const messageList = async (call: RawCall): Promise<void> => {
    call.open({ 'log-id': 'log' });
    await call.write(frame(Buffer.concat(entries.toReversed())));
    call.end();
  };
  const answers = { messageList, history: inTurn(entries).method, search: inTurn(entries).method };
  const got: number[][] = [];
  const reports = await reportsOf(answers, async (connection) => {
    got.push((await connection.history(0, 9, signal)).map(({ sequence }) => sequence));
    const found: number[] = [];
    for await (const { sequence } of connection.search('hello', 0, 9, signal)) found.push(sequence);
    got.push(found);
    for await (const event of connection.subscribe(undefined, signal)) {
      if (event.type !== 'messages') continue;
      got.push(event.messages.map(({ sequence }) => sequence));
      break;
    }
  });
  expect(got).toEqual([
    [8, 5],
    [8, 5],
    [5, 8],
  ]);
  expect(reports).toBe(0);
});

import { readdirSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { encodeEntry, encodeUnsequenced } from '../../src/shared/codec.js';
import type { Detail } from '../../src/shared/message.js';
import { encodeRoom, encodeRoomList, type RoomView } from '../../src/shared/room-answers.js';
import { frame, startRawServer, type RawCall } from '../client/raw-server.js';
import { temporaryFolder } from '../chat-process.js';
import { runInProcess } from '../run-in-process.js';
import { hostileTexts } from '../terminal/hostile-texts.js';

const env = { CHAT_USER: 'user1', CHAT_PASSWORD: 'qwerty' };
const oneLine = /^chat: [^\n]+\n$/;

/** `chat rooms …` at a server. */
const rooms = (address: string, args: readonly string[]) =>
  runInProcess(['rooms', ...args, '--to', address], { env });
const history = (address: string, args: readonly string[]) =>
  runInProcess(['history', address, ...args], { env });

const plain: RoomView = {
  ...{ number: 7, name: 'ops', topic: '', type: 0, past: 0, archived: false },
  ...{ memberCount: 2, participants: [], newest: 0, joined: true, role: 0 },
};

/** Answers a call with these bytes. */
const answers = (bytes: Uint8Array) => async (call: RawCall) => {
  call.open();
  await call.write(frame(bytes));
  call.end();
};
const listing = (list: readonly RoomView[]) =>
  startRawServer({ list: answers(encodeRoomList({ upTo: 1, logId: 'x', rooms: list })) });

describe('chat rooms at a hostile server', () => {
  test.each(['name', 'topic', 'participants'])('shows each hostile %s on one line', async (part) => {
    const hostile = hostileTexts.map((text, index) => ({
      ...plain,
      number: index + 1,
      ...(part === 'participants' ? { type: 2, participants: [text, 'user1'] } : { [part]: text }),
    }));
    const address = await listing(hostile);
    const { stdout, code } = await rooms(address, []);
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n')).toHaveLength(hostileTexts.length);
    expect(stdout).not.toMatch(/[^\P{C}\n\u200c\u200d]/u);
    const json = (await rooms(address, ['--json'])).stdout;
    expect(json.trimEnd().split('\n')).toHaveLength(hostileTexts.length);
    expect(json).not.toMatch(/[^\P{C}\n]/u);
  });

  test('leaves out rooms that cannot be read, and cuts overlong names', async () => {
    const broken = { ...plain, number: 2 ** 50 };
    const { stdout, code } = await rooms(await listing([broken, { ...plain, name: 'x'.repeat(9999) }]), []);
    expect(code).toBe(0);
    expect(stdout).toBe(`#${'x'.repeat(256)}…  2 members\n`);
  });

  test('reports a room that cannot be read', async () => {
    const address = await startRawServer({ get: answers(encodeRoom({ ...plain, newest: 2 ** 50 })) });
    const ended = await rooms(address, ['join', 'ops']);
    expect(ended).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(oneLine) });
    expect(ended.stderr).toContain('sent a room that cannot be read');
  });

  test.each([
    [5, 8, 'no such room'],
    [7, 8, 'refused'],
    [9, 8, 'refused'],
    [8, 8, 'refused'],
    [3, 2, 'refused'],
    [12, 1, 'this server has a single room'],
  ])('reports the status %i with exit code %i', async (status, code, text) => {
    const failing = (call: RawCall) => call.end(status, { 'grpc-message': 'refused%0a%1b[31m' });
    const empty = { list: answers(new Uint8Array(0)), browse: answers(new Uint8Array(0)) };
    const opened = (call: RawCall) => {
      call.open({ 'log-id': 'x', head: '0' });
      void call.write(frame(new Uint8Array(0)));
    };
    const address = await startRawServer({ ...empty, messageList: opened, get: failing });
    const ended = await rooms(address, ['join', 'ops']);
    expect(ended).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(oneLine) });
    expect(ended.stderr).toContain(text);
    expect(ended.stderr).not.toContain('\u001b');
  });
});

/** The entries of the room, newest first, as in a page. */
const page = (details: readonly Detail[], from: (index: number) => string) =>
  Buffer.concat(
    details
      .map((detail, index) => {
        const message = {
          id: '',
          from: from(index),
          timestamp: 1,
          type: 1,
          content: Buffer.from('x'),
          detail,
        };
        return encodeEntry(encodeUnsequenced(message), index + 1);
      })
      .toReversed(),
  );

describe('chat history at a hostile server', () => {
  test('shows each hostile event on one line', async () => {
    const events = hostileTexts.flatMap((text): Detail[] => [
      { room: 7, kind: 4, roomChange: { what: 2, name: '', topic: text, type: 0, past: 0, members: [] } },
      { room: 7, kind: 5, memberChange: { what: 2, name: text, account: '1', until: 0, role: 0 } },
    ]);
    const name = (index: number): string => hostileTexts[index % hostileTexts.length] ?? '';
    const address = await startRawServer({
      get: answers(encodeRoom(plain)),
      history: answers(page(events, name)),
    });
    const { stdout, code } = await history(address, ['--room', 'ops', '--events']);
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n')).toHaveLength(events.length);
    expect(stdout).not.toMatch(/[^\P{C}\n\u200c\u200d]/u);
    const json = (await history(address, ['--room', 'ops', '--events', '--json'])).stdout;
    expect(json.trimEnd().split('\n')).toHaveLength(events.length);
    expect(json).not.toMatch(/[^\P{C}\n]/u);
  });

  test.each([0, 2])('shows each hostile label of a room of type %d as one word', async (type) => {
    let count = 0;
    const address = await startRawServer({
      // Each room is requested once, in the order of the lines.
      get(call) {
        const name = hostileTexts[count++] ?? '';
        const participants = type === 2 ? [name, 'user1'] : [];
        return answers(encodeRoom({ ...plain, number: count, type, name, participants }))(call);
      },
      search: answers(
        page(
          hostileTexts.map((_, index) => ({ room: index + 1, kind: 0 })),
          () => 'user2',
        ),
      ),
    });
    const { stdout, code } = await history(address, ['--all', '--search', 'x']);
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(hostileTexts.length);
    for (const line of lines) expect(line).toMatch(/^\S+ [#@][^\s<>]* <user2> x$/);
    expect(stdout).not.toMatch(/[^\P{C}\n\u200c\u200d]/u);
  });
});

/** Reactions far beyond what our servers send. */
const reactions = Array.from({ length: 200 }, (_, index) => ({
  emoji: hostileTexts[index % hostileTexts.length] ?? '',
  names: Array.from({ length: 300 }, (_unused, name) => `${hostileTexts[name % 40] ?? ''}${name}`),
  count: 2 ** 53,
}));

describe('changes of messages at a hostile server', () => {
  test('chat get shows a few reactions of a long list, each on one line, and no other message', async () => {
    const message = page([{ room: 7, kind: 0, reactions, mentions: [...hostileTexts] }], () => 'user2');
    const address = await startRawServer({ get: answers(encodeRoom(plain)), messages: answers(message) });
    const get = (...args: readonly string[]) => runInProcess(['get', ...args, '--to', address], { env });
    const { stdout, code } = await get('1');
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n')).toHaveLength(21);
    expect(stdout.length).toBeLessThan(100_000);
    expect(stdout).not.toMatch(/[^\P{C}\n\t\u200c\u200d]/u);
    const json = (await get('1', '--json')).stdout;
    expect(json.trimEnd().split('\n')).toHaveLength(1);
    expect(json).not.toMatch(/[^\P{C}\n]/u);
    const { reactions: printed } = JSON.parse(json) as { reactions: { count: number; names: string[] }[] };
    expect(printed).toHaveLength(50);
    expect(printed.every(({ names, count }) => names.length <= 100 && count < 2 ** 32)).toBe(true);
    expect(await get('5')).toMatchObject({ code: 8, stdout: '', stderr: 'chat: no such message: 5\n' });
  });

  test('chat get does not save what is no image', async () => {
    const damaged = encodeEntry(
      encodeUnsequenced({ id: '', from: 'user2', timestamp: 1, type: 2, content: Buffer.from('#!/bin/sh') }),
      1,
    );
    const address = await startRawServer({ get: answers(encodeRoom(plain)), messages: answers(damaged) });
    const cwd = temporaryFolder();
    const ended = await runInProcess(['get', '1', 'run.sh', '--to', address], { env, cwd });
    expect(ended).toMatchObject({ stdout: '', stderr: expect.stringMatching(oneLine) });
    expect(ended.code).not.toBe(0);
    expect(readdirSync(cwd)).toEqual([]);
  });

  test('chat edit ends after its timeout without an answer, and says how to repeat it safely', async () => {
    const address = await startRawServer({
      messageList: (call) => call.open({ 'log-id': 'x', head: '0' }),
      edit: () => undefined,
    });
    const args = ['edit', '1', 'x', '--to', address, '--timeout', '300ms', '--id', 'job-1'];
    expect(await runInProcess(args, { env })).toEqual({
      ...{ code: 3, stdout: '' },
      stderr:
        'chat: no answer within 0.3 s: the change may not have arrived. Repeat it with --id job-1: then it is made once.\n',
    });
  });

  test.each(['--plain', '--json'])('chat connect %s shows each change on its own lines', async (format) => {
    const changes = hostileTexts.flatMap((text, index): Detail[] => [
      { room: 7, kind: 1, target: index + 1 },
      { room: 7, kind: 2, target: 2 ** 47 },
      { room: 7, kind: 3, target: 1, emoji: Array.from({ length: 100 }, () => text) },
      // Without a target, or of another kind: nothing is printed.
      { room: 7, kind: 1 },
      { room: 7, kind: 9, target: 1 },
    ]);
    const text = (index: number): string => hostileTexts[Math.floor(index / 5)] ?? '';
    const entry = (detail: Detail, index: number, content = text(index)) =>
      encodeEntry(
        encodeUnsequenced({
          ...{ id: '', from: text(index) || 'user2', timestamp: 1, type: 1, detail },
          content: Buffer.from(content),
        }),
        index + 1,
      );
    const last = entry({ room: 7, kind: 0 }, changes.length, 'the end');
    const address = await startRawServer({
      list: answers(encodeRoomList({ upTo: 0, logId: 'x', rooms: [plain] })),
      get: answers(encodeRoom(plain)),
      async messageList(call) {
        call.open({ 'log-id': 'x', head: '0', rooms: '1' });
        await call.write(
          frame(Buffer.concat([...changes.map((detail, index) => entry(detail, index)), last])),
        );
      },
    });
    const { stdout, code } = await runInProcess(
      ['connect', address, format, '--tail', '0', '--room', 'ops', '--max-messages', '1', '--read-only'],
      { env },
    );
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.filter((line) => !line.startsWith('\t'))).toHaveLength(3 * hostileTexts.length + 1);
    expect(stdout).not.toMatch(/[^\P{C}\n\t\u200c\u200d]/u);
    if (format === '--json') {
      const printed = lines.map((line) => JSON.parse(line) as { readonly emoji?: readonly string[] });
      expect(Math.max(...printed.map(({ emoji = [] }) => emoji.length))).toBeLessThanOrEqual(20);
    }
  });
});

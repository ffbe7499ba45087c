import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import {
  startChat,
  startServe,
  temporaryFolder,
  type ChatProcess,
  type ServerProcess,
} from '../chat-process.js';
import { encodeRoomList } from '../../src/shared/room-answers.js';
import { frame, startRawServer, type RawCall } from '../client/raw-server.js';
import { startReferenceServer } from '../client/reference-server.js';
import { runInProcess } from '../run-in-process.js';

const login = (user: string) => ({ CHAT_USER: user, CHAT_PASSWORD: 'qwerty' });
const objects = (text: string) =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
const withoutTimes = (text: string) => text.replaceAll(/^\d\S+Z /gm, '');

let server: ServerProcess;
const running: ChatProcess[] = [];

const run = async (user: string, ...args: readonly string[]) => {
  const ended = await runInProcess(args, { env: login(user) });
  expect({ args, code: ended.code, stderr: ended.stderr }).toMatchObject({ code: 0 });
  return ended.stdout;
};
const rooms = (user: string, ...args: readonly string[]) =>
  run(user, 'rooms', ...args, '--to', server.address);
const send = (user: string, ...args: readonly string[]) => run(user, 'send', '--to', server.address, ...args);
const once = (user: string, ...args: readonly string[]) =>
  run(user, 'connect', server.address, '--once', ...args);

/** A reader of new messages, once it is connected. */
async function follow(user: string, ...args: readonly string[]): Promise<ChatProcess> {
  const reader = startChat(['connect', server.address, '--tail', '0', '-v', ...args], { env: login(user) });
  running.push(reader);
  await reader.until(({ stderr }) => stderr().includes('connected to'));
  return reader;
}

const textsOf = (reader: ChatProcess) => objects(reader.stdout()).map(({ room, text }) => [room, text]);

beforeAll(async () => {
  server = await startServe(['--rate', '0', '--history', '2']);
  await rooms('user1', 'create', 'ops', '--member', 'user2');
  await rooms('user1', 'create', 'dev', '--closed', '--past', 'all', '--member', 'user2');
  for (const text of ['1', '2', '3']) {
    await send('user1', text);
    await send('user1', '--room', 'ops', `ops ${text}`);
    await send('user1', '--room', 'dev', `dev ${text}`);
  }
  await send('user3', '--direct', 'user2', 'psst');
});

afterEach(async () => {
  for (const process of running) process.kill('SIGKILL');
  await Promise.all(running.splice(0).map(({ ended }) => ended));
});

describe('connect without a screen shows the history', () => {
  test('of all rooms in the order of the log, with their names', async () => {
    expect(withoutTimes(await once('user2'))).toBe(
      [
        '#ops <user1> ops 1',
        '#dev <user1> dev 1',
        '#lobby <user1> 2',
        '#ops <user1> ops 2',
        '#dev <user1> dev 2',
        '#lobby <user1> 3',
        '#ops <user1> ops 3',
        '#dev <user1> dev 3',
        '@user3 <user3> psst\n',
      ].join('\n'),
    );
  });

  test('with --tail of each room, and with --since of all rooms', async () => {
    const newest = await once('user2', '--tail', '1', '--json');
    expect(objects(newest).map(({ room, roomNumber, text }) => [room, text, typeof roomNumber])).toEqual([
      ['lobby', '3', 'number'],
      ['ops', 'ops 3', 'number'],
      ['dev', 'dev 3', 'number'],
      ['user2,user3', 'psst', 'number'],
    ]);
    const [first] = objects(newest);
    const after = objects(await once('user2', '--since', String(first?.sequence), '--json'));
    expect(after.map(({ text }) => text)).toEqual(['ops 3', 'dev 3', undefined, 'psst']);
    expect(after[2]).toMatchObject({ type: 'room', what: 'created', room: 'user2,user3', replay: true });
    const types = objects(await once('user2', '--since', '1h', '--json')).map(({ type }) => type);
    expect(types.filter((type) => type === 'room')).toHaveLength(3);
    expect(types.filter((type) => type === 'message')).toHaveLength(10);
    expect(await once('user2', '--since', '2100-01-01')).toBe('');
  });

  test('without the name of the room if the user is in the lobby only', async () => {
    expect(withoutTimes(await once('user4'))).toBe('<user1> 2\n<user1> 3\n');
  });

  test('only of the rooms that are named', async () => {
    expect(withoutTimes(await once('user2', '--room', '#DEV', '--tail', '1'))).toBe('<user1> dev 3\n');
    expect(withoutTimes(await once('user2', '--room', 'lobby', '--direct', '@user3', '--tail', '1'))).toBe(
      '#lobby <user1> 3\n@user3 <user3> psst\n',
    );
  });
});

test('connect --mentions prints what mentions the user, and direct messages', async () => {
  const reader = await follow('user5', '--mentions', '--json');
  await send('user1', 'to no one');
  await send('user1', '@user55, not @user4');
  await send('user1', '@user5: look');
  await send('user1', '--room', 'ops', 'elsewhere, @user5');
  await rooms('user1', 'create', 'later', '--member', 'user5');
  await send('user1', '--room', 'later', 'nothing');
  await send('user1', '--room', 'later', '@all: lunch');
  await send('user1', '--direct', 'user5', 'and you?');
  await reader.until(({ stdout }) => stdout().includes('and you?'));
  expect(textsOf(reader)).toEqual([
    ['lobby', '@user5: look'],
    ['later', '@all: lunch'],
    ['user1,user5', 'and you?'],
  ]);
});

describe('connect without a screen to a server with 120 rooms', () => {
  /** The rooms whose pages are read. Each second room has messages. */
  const roomsRead = async (...args: readonly string[]): Promise<number> => {
    let calls = 0;
    const ended = (call: RawCall, bytes: Uint8Array) => {
      call.open({ 'log-id': 'x', head: '1000', rooms: '1' });
      return call.write(frame(bytes)).then(() => call.end());
    };
    const list = Array.from({ length: 120 }, (_, index) => ({
      ...{ number: index + 1, name: `room-${index}`, topic: '', type: 0, past: 0, archived: false },
      ...{
        memberCount: 2,
        participants: [],
        newest: index % 2 === 0 ? 500 + index : 0,
        joined: true,
        role: 0,
      },
    }));
    const address = await startRawServer({
      messageList: (call) => call.open({ 'log-id': 'x', head: '1000', rooms: '1' }),
      list: (call) => ended(call, encodeRoomList({ upTo: 1000, logId: 'x', rooms: list })),
      history(call) {
        calls++;
        return ended(call, new Uint8Array(0));
      },
    });
    const { code, stderr } = await runInProcess(['connect', address, '--once', ...args], {
      env: login('user1'),
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return calls;
  };

  test('reads only rooms with messages, by default 50 of them, and none for new messages only', async () => {
    expect(await roomsRead()).toBe(50);
    expect(await roomsRead('--tail', '3')).toBe(60);
    expect(await roomsRead('--tail', '0')).toBe(0);
    expect(await roomsRead('--since', '999')).toBe(120);
  });
});

describe('connect without a screen', () => {
  test('shows new messages of all rooms, also of those that the user joins or loses later', async () => {
    const reader = await follow('user5', '--json');
    await rooms('user1', 'invite', 'dev', 'user5');
    await send('user1', '--room', 'dev', 'welcome');
    await rooms('user1', 'rename', 'dev', 'makers');
    await send('user1', '--room', 'makers', 'renamed');
    await rooms('user1', 'remove', 'makers', 'user5');
    await send('user1', '--room', 'makers', 'not for user5');
    await rooms('user5', 'join', 'ops');
    await send('user1', '--room', 'ops', 'hello ops');
    await rooms('user1', 'rename', 'makers', 'dev');
    await send('user4', '--direct', 'user5', 'the end');
    await reader.until(({ stdout }) => stdout().includes('the end'));
    expect(objects(reader.stdout()).map(({ room, what, text }) => [room, what ?? text])).toEqual([
      ['dev', 'invited'],
      ['dev', 'welcome'],
      ['dev', 'renamed'],
      ['makers', 'renamed'],
      ['makers', 'removed'],
      ['ops', 'joined'],
      ['ops', 'hello ops'],
      ['user4,user5', 'created'],
      ['user4,user5', 'the end'],
    ]);
  });

  test('names the rooms in plain lines as soon as there is more than one', async () => {
    const reader = await follow('user3', '--room', 'lobby');
    const all = await follow('user3');
    await rooms('user1', 'invite', 'ops', 'user3');
    await send('user1', 'to the lobby');
    await reader.until(({ stdout }) => stdout().includes('to the lobby'));
    await all.until(({ stdout }) => stdout().includes('to the lobby'));
    expect(withoutTimes(reader.stdout())).toBe('<user1> to the lobby\n');
    expect(withoutTimes(all.stdout())).toBe('#ops * user1 invited user3\n#lobby <user1> to the lobby\n');
  });

  test('sends stdin to the room that is named, and to the lobby otherwise', async () => {
    const reader = await follow('user2', '--json');
    for (const [args, text] of [
      [['--room', 'ops'], 'to ops'],
      [['--direct', 'user1'], 'to user1'],
      [[], 'to all'],
      [['--room', 'ops', '--room', 'dev'], 'to all too'],
    ] as const) {
      const ended = await runInProcess(['connect', server.address, '--tail', '0', '--until-eof', ...args], {
        env: login('user2'),
        input: `${text}\n`,
      });
      expect(ended).toMatchObject({ code: 0, stderr: '' });
    }
    await reader.until(({ stdout }) => stdout().includes('to all too'));
    expect(textsOf(reader)).toEqual([
      ['ops', 'to ops'],
      ['user1,user2', undefined],
      ['user1,user2', 'to user1'],
      ['lobby', 'to all'],
      ['lobby', 'to all too'],
    ]);
  });

  test('passes the room of a message to the program of --exec', async () => {
    const script = join(temporaryFolder(), 'room.sh');
    const variables = 'TEXT ROOM ROOM_NUMBER REPLY_TO'.split(' ').map((name) => `$CHAT_MESSAGE_${name}`);
    writeFileSync(script, `#!/bin/sh\necho "${variables.join('|')}"\n`);
    chmodSync(script, 0o755);
    const sent = JSON.parse(await send('user1', '--room', 'ops', 'question', '--json')) as {
      sequence: number;
    };
    await send('user2', '--room', 'ops', '--reply-to', String(sent.sequence), 'answer');
    const reader = startChat(
      ['connect', server.address, '--once', '--room', 'ops', '--tail', '2', '--exec', script],
      { env: login('user2') },
    );
    const { stdout, code } = await reader.ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/^question\|ops\|\d+\|\nanswer\|ops\|\d+\|\d+\n$/);
    expect(stdout).toContain(`|${sent.sequence}\n`);
  });

  test('does not let its user appear online', async () => {
    await follow('user4');
    expect(await rooms('user1', 'members', 'lobby')).not.toContain('online');
  });

  test('ends with 8 when the user loses the only room that is named', async () => {
    await rooms('user1', 'create', 'short', '--member', 'user2');
    const reader = await follow('user2', '--room', 'short');
    await rooms('user1', 'remove', 'short', 'user2');
    const { code, stdout, stderr } = await reader.ended;
    expect(withoutTimes(stdout)).toBe('* user1 removed user2\n');
    expect(stderr).toMatch(/\nchat: you are no longer a member of #short\n$/);
    expect(code).toBe(8);
  });

  test.each<[string, string[], number, string]>([
    ['an unknown room', ['--room', 'lobbi'], 8, 'no such room: #lobbi. Did you mean #lobby?'],
    ['a closed room of others', ['--room', 'dev'], 8, 'no such room: #dev'],
    ['an open room of others', ['--room', 'others'], 8, 'To become one: chat rooms join others'],
    ['an unknown user', ['--direct', 'nobody'], 1, 'no such user: nobody'],
    ['an unknown user with --once', ['--direct', 'nobody', '--once'], 8, 'no direct messages with nobody'],
    ['an empty name', ['--room', ''], 2, 'the name of the room is empty'],
  ])('rejects %s in one line', async (_, args, code, text) => {
    await rooms('user1', 'create', 'others').catch(() => undefined);
    const ended = await runInProcess(['connect', server.address, ...args], { env: login('user4') });
    expect(ended).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(/^chat: [^\n]+\n$/) });
    expect(ended.stderr).toContain(text);
  });

  test('reports a server with a single room if a room is named', async () => {
    const reference = await startReferenceServer();
    const args = ['connect', `127.0.0.1:${reference.port}`, '--room', 'ops', '--once'];
    const ended = await runInProcess(args, { env: login('user1') });
    expect(ended).toEqual({ code: 1, stdout: '', stderr: 'chat: this server has a single room\n' });
  });
});

test('connect continues in all rooms after its server was killed, without a gap or a repeat', async () => {
  const first = await startServe(['--rate', '0']);
  const to = (user: string, ...args: readonly string[]) => run(user, ...args, '--to', first.address);
  for (const name of ['a', 'b']) await to('user1', 'rooms', 'create', name, '--member', 'user2');
  const reader = startChat(['connect', first.address, '--json', '--tail', '0', '-v'], {
    env: login('user2'),
  });
  running.push(reader);
  await reader.until(({ stderr }) => stderr().includes('connected to'));
  const sending = startChat(['send', first.address, '--lines', '--room', 'a', '--timeout', '1m', '--json'], {
    env: login('user1'),
  });
  running.push(sending);
  const count = 200;
  sending.write(Array.from({ length: count }, (_, index) => `a ${index}\n`).join(''));
  sending.end();
  await reader.until(({ stdout }) => objects(stdout()).length > 20);
  first.kill('SIGKILL');
  await first.ended;
  await startServe(['--rate', '0', '--port', first.address.split(':').at(-1) ?? ''], { data: first.data });
  expect(await sending.ended).toMatchObject({ code: 0 });
  await to('user1', 'rooms', 'topic', 'b', 'new');
  await to('user1', 'send', '--room', 'b', 'the end');
  await reader.until(({ stdout }) => stdout().includes('the end'));
  expect(textsOf(reader)).toEqual([
    ...Array.from({ length: count }, (_, index) => ['a', `a ${index}`]),
    ['b', undefined],
    ['b', 'the end'],
  ]);
  expect(reader.stderr()).toContain('"status":"lost"');
  expect(reader.stderr()).not.toContain('"status":"gap"');
});

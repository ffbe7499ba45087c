import { beforeAll, describe, expect, test } from '@jest/globals';
import { encodeRoom, encodeRoomList, type RoomView } from '../../src/shared/room-answers.js';
import { startServe, type ServerProcess } from '../chat-process.js';
import { frame, startRawServer, type RawCall } from '../client/raw-server.js';
import { startReferenceServer } from '../client/reference-server.js';
import { runInProcess } from '../run-in-process.js';
import { hostileTexts } from '../terminal/hostile-texts.js';

const login = (user: string) => ({ CHAT_USER: user, CHAT_PASSWORD: 'qwerty' });
const oneLine = /^chat: [^\n]+\n$/;
let server: ServerProcess;

beforeAll(async () => {
  server = await startServe(['--store', 'memory', '--rate', '0']);
});

/** `chat rooms …` as a user, at the server of this file unless another is given. */
const rooms = (user: string, args: readonly string[], address = server.address) =>
  runInProcess(['rooms', ...args, '--to', address], { env: login(user) });

describe('chat rooms', () => {
  test('creates, lists, joins, changes and leaves a room', async () => {
    const steps: [user: string, args: string[], stderr: string][] = [
      ['user1', ['create', 'ops', '--topic', 'Deployments'], 'created #ops\n'],
      ['user2', ['join', '#ops'], 'joined #ops\n'],
      ['user1', ['topic', 'ops', 'All', 'incidents'], 'set the topic of #ops\n'],
      ['user1', ['invite', 'ops', 'user3', '@user4'], 'added user3 to #ops\nadded user4 to #ops\n'],
      ['user1', ['remove', 'ops', 'user3'], 'removed user3 from #ops\n'],
      ['user2', ['leave', 'OPS'], 'left #ops\n'],
      ['user1', ['rename', 'ops', 'operations'], 'renamed #ops to #operations\n'],
      ['user1', ['archive', 'operations'], 'archived #operations\n'],
    ];
    for (const [user, args, stderr] of steps)
      expect(await rooms(user, args)).toEqual({ code: 0, stdout: '', stderr });
    const listed = await rooms('user4', []);
    expect(listed.stdout).toBe('#lobby       5 members\n#operations  archived, 2 members: All incidents\n');
    expect((await rooms('user4', ['members', 'operations'])).stdout).toBe('user1  moderator\nuser4\n');
    expect(await rooms('user1', ['unarchive', 'operations'])).toMatchObject({ code: 0 });
    const browsed = await rooms('user5', ['browse', 'oper']);
    expect(browsed.stdout).toBe('#operations  2 members, not joined: All incidents\n');
  });

  test('prints rooms and members as JSON lines', async () => {
    await rooms('user1', ['create', 'json', '--closed', '--past', 'all', '--member', 'user2']);
    const [lobby, room] = (await rooms('user2', ['--json'])).stdout
      .split('\n')
      .filter((line) => line === '' || /"(lobby|json)"/.test(line));
    expect(JSON.parse(lobby ?? '')).toMatchObject({ v: 1, type: 'room-info', room: 'lobby', roomNumber: 0 });
    expect(JSON.parse(room ?? '')).toMatchObject({
      room: 'json',
      kind: 'closed',
      members: 2,
      role: 'member',
    });
    const [member] = (await rooms('user2', ['members', 'json', '--json'])).stdout.split('\n');
    expect(JSON.parse(member ?? '')).toMatchObject({
      type: 'member-info',
      room: 'json',
      name: 'user1',
      role: 'moderator',
    });
  });

  test.each<[string, string[], number, string]>([
    ['a similar name', ['join', 'lobbi'], 8, 'no such room: #lobbi. Did you mean #lobby?'],
    ['a name that nothing resembles', ['join', 'nowhere'], 8, 'no such room: #nowhere. See: chat rooms,'],
    ['a closed room of others', ['join', 'secret'], 8, 'no such room: #secret. See: chat rooms,'],
    ['a change by a member', ['topic', 'open', 'x'], 8, 'Its moderators: chat rooms members open'],
    ['an archived room', ['topic', 'old', 'x'], 8, 'chat rooms unarchive old'],
    ['a name that is taken', ['create', 'open'], 1, 'there is already a room named open. Choose another'],
    ['an unknown user', ['invite', 'open', 'nobody'], 1, 'no such user: nobody'],
    ['an invalid name', ['create', 'a b'], 2, 'a b cannot be the name of a room. Use 1 to 32'],
    ['--past without --closed', ['create', 'x', '--past', 'all'], 2, 'Add --closed'],
    ['an unknown command', ['creat', 'x'], 2, "unknown command 'creat'. Did you mean create?"],
    ['no name', ['join'], 2, 'See: chat rooms join --help'],
    ['leaving the lobby', ['leave', 'lobby'], 8, 'the lobby cannot be left'],
  ])('rejects %s in one line', async (_, args, code, text) => {
    await rooms('user1', ['create', 'open', '--member', 'user2']);
    await rooms('user1', ['create', 'secret', '--closed']);
    await rooms('user2', ['create', 'old']);
    await rooms('user2', ['archive', 'old']);
    const ended = await rooms('user2', args);
    expect(ended).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(oneLine) });
    expect(ended.stderr).toContain(text);
  });

  test('reports a server with a single room', async () => {
    const reference = await startReferenceServer();
    const ended = await rooms('user1', [], `127.0.0.1:${reference.port}`);
    reference.stop();
    expect(ended).toEqual({ code: 1, stdout: '', stderr: 'chat: this server has a single room\n' });
  });
});

const send = (user: string, args: readonly string[], input = '') =>
  runInProcess(['send', '--to', server.address, ...args], { env: login(user), input });

describe('chat send to a room', () => {
  const lastEntry = async (user: string, name: string) => {
    const { stdout } = await rooms(user, ['--json']);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    return lines.find(({ room }) => room === name)?.newest;
  };

  test('stores messages in the room, and not in the lobby', async () => {
    await rooms('user1', ['create', 'posts']);
    const before = await lastEntry('user1', 'lobby');
    const { code, stdout, stderr } = await send('user1', ['--room', '#posts', '--lines', '--json'], 'a\nb\n');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const sent = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { sequence: number });
    expect(sent).toHaveLength(2);
    expect(await lastEntry('user1', 'posts')).toBe(sent[1]?.sequence);
    expect(await lastEntry('user1', 'lobby')).toBe(before);
    const reply = ['--room', 'posts', '--reply-to', String(sent[0]?.sequence), 'c'];
    expect(await send('user1', reply)).toMatchObject({ code: 0, stderr: '' });
  });

  test('creates the direct room with the first message', async () => {
    expect(await send('user1', ['--direct', 'user2', 'psst'])).toMatchObject({ code: 0, stderr: '' });
    expect(await send('user2', ['--direct', '@user1', 'yes?'])).toMatchObject({ code: 0, stderr: '' });
    expect((await rooms('user2', [])).stdout).toMatch(/^@user1 +direct, 2 members$/m);
  });

  test.each<[string, string[], number, string]>([
    ['an unknown room', ['--room', 'lobbi', 'x'], 8, 'no such room: #lobbi. Did you mean #lobby?'],
    ['a room of others', ['--room', 'theirs', 'x'], 8, 'chat rooms join theirs'],
    ['an unknown user', ['--direct', 'nobody', 'x'], 1, 'no such user: nobody'],
    ['an unknown message', ['--reply-to', '99999', 'x'], 8, 'no such message'],
    ['two places', ['--room', 'a', '--direct', 'b', 'x'], 2, 'only one of --room and --direct'],
    ['a reply to no number', ['--reply-to', 'x', 'x'], 2, '--reply-to takes a whole number'],
  ])('rejects %s in one line', async (_, args, code, text) => {
    await rooms('user1', ['create', 'theirs']);
    const ended = await send('user2', args);
    expect(ended).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(oneLine) });
    expect(ended.stderr).toContain(text);
  });
});

const history = (user: string, args: readonly string[]) =>
  runInProcess(['history', server.address, ...args], { env: login(user) });
const withoutTimes = (text: string) => text.replaceAll(/^\S+ /gm, '');

describe('chat history of rooms', () => {
  beforeAll(async () => {
    await rooms('user1', ['create', 'past', '--member', 'user2']);
    await send('user1', ['--room', 'past', '--lines'], 'needle 1\nneedle 2\nneedle 3\n');
    await rooms('user1', ['topic', 'past', 'new']);
    await send('user3', ['--direct', 'user4', 'needle 4']);
  });

  test('prints the messages of a room, and its events on request', async () => {
    const all = '<user1> needle 1\n<user1> needle 2\n<user1> needle 3\n';
    expect(withoutTimes((await history('user3', ['--room', 'past'])).stdout)).toBe(all);
    const events = (await history('user3', ['--room', 'past', '--events'])).stdout;
    expect(withoutTimes(events)).toBe(`* user1 created the room\n${all}* user1 set the topic: new\n`);
    const last = await history('user3', ['--room', 'past', '--limit', '1']);
    expect(withoutTimes(last.stdout)).toBe('<user1> needle 3\n');
    expect((await history('user3', [])).stdout).not.toContain('needle');
  });

  test('prints direct messages to their participants', async () => {
    const direct = await history('user4', ['--direct', 'user3']);
    expect(withoutTimes(direct.stdout)).toBe('<user3> needle 4\n');
    expect(await history('user1', ['--direct', 'user3'])).toMatchObject({ code: 8, stdout: '' });
  });

  test('searches one room, or all with their names', async () => {
    const one = await history('user4', ['--room', 'past', '--search', 'NEEDLE 2']);
    expect(withoutTimes(one.stdout)).toBe('<user1> needle 2\n');
    const all = await history('user4', ['--all', '--search', 'needle']);
    expect(withoutTimes(all.stdout).split('\n')).toEqual(
      expect.arrayContaining(['#past <user1> needle 1', '@user3 <user3> needle 4']),
    );
    const { stdout } = await history('user4', ['--all', '--search', 'needle 4', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      v: 1,
      type: 'message',
      room: 'user3,user4',
      text: 'needle 4',
    });
  });

  test.each([[['--all']], [['--events']], [['--room', 'a', '--search', 'x', '--events']]])(
    'rejects %j as a usage error',
    async (args) => {
      expect(await history('user1', args)).toMatchObject({ code: 2, stderr: expect.stringMatching(oneLine) });
    },
  );
});

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
    const { stdout, code } = await rooms('user1', [], address);
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n')).toHaveLength(hostileTexts.length);
    expect(stdout).not.toMatch(/[^\P{C}\n\u200c\u200d]/u);
    const json = (await rooms('user1', ['--json'], address)).stdout;
    expect(json.trimEnd().split('\n')).toHaveLength(hostileTexts.length);
    expect(json).not.toMatch(/[^\P{C}\n]/u);
  });

  test('leaves out rooms that cannot be read, and cuts overlong names', async () => {
    const broken = { ...plain, number: 2 ** 50 };
    const { stdout, code } = await rooms(
      'user1',
      [],
      await listing([broken, { ...plain, name: 'x'.repeat(9999) }]),
    );
    expect(code).toBe(0);
    expect(stdout).toBe(`#${'x'.repeat(256)}…  2 members\n`);
  });

  test('reports a room that cannot be read', async () => {
    const address = await startRawServer({ get: answers(encodeRoom({ ...plain, newest: 2 ** 50 })) });
    const ended = await rooms('user1', ['join', 'ops'], address);
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
    const ended = await rooms('user1', ['join', 'ops'], address);
    expect(ended).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(oneLine) });
    expect(ended.stderr).toContain(text);
    expect(ended.stderr).not.toContain('\u001b');
  });
});

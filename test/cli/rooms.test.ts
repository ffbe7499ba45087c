import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { startServe, type ServerProcess } from '../chat-process.js';
import { RoomsClient } from '../server/rooms-client.js';
import { startReferenceServer } from '../client/reference-server.js';
import { runInProcess } from '../run-in-process.js';

const login = (user: string) => ({ CHAT_USER: user, CHAT_PASSWORD: 'qwerty' });
const oneLine = /^chat: [^\n]+\n$/;
let server: ServerProcess;

beforeAll(async () => {
  server = await startServe(['--store', 'memory', '--rate', '0']);
});

/** `chat rooms …` as a user, at the server of this file unless another is given. */
const rooms = (user: string, args: readonly string[], address = server.address) =>
  runInProcess(['rooms', ...args, '--to', address], { env: login(user) });

const send = (user: string, args: readonly string[], input = '') =>
  runInProcess(['send', '--to', server.address, ...args], { env: login(user), input });

const history = (user: string, args: readonly string[]) =>
  runInProcess(['history', server.address, ...args], { env: login(user) });

/** The JSON lines of an output. */
const objects = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
/** The keys of an object, and the types of their values. */
const shapeOf = (value: object = {}) => Object.entries(value).map(([key, each]) => [key, typeof each]);

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

  test('prints rooms and members as JSON lines with the documented keys', async () => {
    await rooms('user1', ['create', 'json', '--closed', '--past', 'all', '--member', 'user2']);
    await send('user1', ['--direct', 'user2', 'hello']);
    const listed = objects((await rooms('user2', ['--json'])).stdout);
    const [lobby, room, direct] = ['lobby', 'json', 'user1,user2'].map((name) =>
      listed.find((each) => each.room === name),
    );
    expect(lobby).toMatchObject({ v: 2, type: 'room-info', roomNumber: 0 });
    expect(room).toMatchObject({ kind: 'closed', members: 2, role: 'member' });
    expect(direct).toMatchObject({ kind: 'direct', participants: ['user1', 'user2'] });
    const [member] = objects((await rooms('user2', ['members', 'json', '--json'])).stdout);
    expect(member).toMatchObject({ type: 'member-info', room: 'json', name: 'user1', role: 'moderator' });
    const [, section = ''] = readFileSync('docs/json.md', 'utf8').split(
      /^## What `chat rooms --json` prints$/m,
    );
    const [documented = ''] = section.split('\n## ');
    const [infoExample, memberExample] = objects(documented.replaceAll(/^[^{].*\n/gm, ''));
    expect(shapeOf(room)).toEqual(shapeOf(infoExample));
    expect(shapeOf(member)).toEqual(shapeOf(memberExample));
    const keys = [...documented.matchAll(/^\| `(\w+)` /gm)].map(([, key]) => key);
    const printed = Object.keys({ ...room, ...direct, ...member });
    expect(new Set(printed)).toEqual(new Set(['v', 'type', ...keys]));
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

describe('chat send to a room', () => {
  const lastEntry = async (user: string, name: string) =>
    objects((await rooms(user, ['--json'])).stdout).find(({ room }) => room === name)?.newest;

  test('stores messages in the room, and not in the lobby', async () => {
    await rooms('user1', ['create', 'posts']);
    const before = await lastEntry('user1', 'lobby');
    const { code, stdout, stderr } = await send('user1', ['--room', '#posts', '--lines', '--json'], 'a\nb\n');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const sent = objects(stdout);
    expect(sent).toHaveLength(2);
    expect(await lastEntry('user1', 'posts')).toBe(sent[1]?.sequence);
    expect(await lastEntry('user1', 'lobby')).toBe(before);
    const reply = ['--room', 'posts', '--reply-to', String(sent[0]?.sequence), 'c'];
    expect(await send('user1', reply)).toMatchObject({ code: 0, stderr: '' });
    const stored = objects((await history('user1', ['--room', 'posts', '--json'])).stdout);
    expect(stored.map(({ text, replyTo }) => [text, replyTo])).toEqual([
      ['a', undefined],
      ['b', undefined],
      ['c', sent[0]?.sequence],
    ]);
  });

  test.each([
    ['a text', ['@user2, @user4 and @nobody: look'], ''],
    ['lines', ['--lines'], 'first\n@user2: look\n'],
  ])('mentions the users that %s names, if they can read the room', async (_, args, input) => {
    const room = `named-${input.length}`;
    await rooms('user1', ['create', room, '--closed', '--member', 'user2']);
    expect(await send('user1', ['--room', room, ...args], input)).toMatchObject({ code: 0, stderr: '' });
    for (const [user, expected] of [
      ['user2', [['user2']]],
      ['user4', []],
    ] as const) {
      const client = new RoomsClient(Number(server.address.split(':').at(-1)), user);
      const mentions = (await client.mentions()).filter(({ detail }) => detail?.room !== 0);
      client.close();
      expect(mentions.slice(0, 1).map(({ detail }) => detail?.mentions)).toEqual(expected);
    }
  });

  test.each([
    ['a text for a room', ['x'], ''],
    ['lines for a room', ['--lines'], 'a\nb\n'],
    ['a reply', ['--reply-to', '1', 'x'], ''],
  ])('does not send %s to the lobby of a server without rooms', async (_, args, input) => {
    const reference = await startReferenceServer();
    const place = args.includes('--reply-to') ? [] : ['--room', 'ops'];
    const ended = await runInProcess(['send', '--to', `127.0.0.1:${reference.port}`, ...place, ...args], {
      env: login('user1'),
      input,
    });
    expect(ended).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(oneLine) });
    expect(ended.stderr).toContain('this server has a single room');
    expect(reference.messages()).toBe(0);
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
      v: 2,
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

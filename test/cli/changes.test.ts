import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import {
  startChat,
  startServe,
  temporaryFolder,
  type ChatProcess,
  type ServerProcess,
} from '../chat-process.js';
import { startReferenceServer } from '../client/reference-server.js';
import { runInProcess } from '../run-in-process.js';

const login = (user: string) => ({ CHAT_USER: user, CHAT_PASSWORD: 'qwerty' });
const oneLine = /^chat: [^\n]+\n$/;
const withoutTimes = (text: string) => text.replaceAll(/^\d\S+Z /gm, '');
const objects = (text: string) =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);

let server: ServerProcess;
const readers: ChatProcess[] = [];

beforeAll(async () => {
  server = await startServe(['--store', 'memory', '--rate', '0']);
  await run('user1', ['rooms', 'create', 'ops', '--member', 'user2', '--to', server.address]);
});

afterEach(async () => {
  for (const reader of readers) reader.kill('SIGKILL');
  await Promise.all(readers.splice(0).map(({ ended }) => ended));
});

const run = (user: string, args: readonly string[], options: Parameters<typeof runInProcess>[1] = {}) =>
  runInProcess(args, { ...options, env: login(user) });

/** `chat COMMAND … --to` the server of this file. */
const chat = (user: string, args: readonly string[], options: Parameters<typeof runInProcess>[1] = {}) =>
  run(user, [...args.slice(0, 1), '--to', server.address, ...args.slice(1)], options);

/** Sends a message; resolves to its sequence. */
async function sent(user: string, ...args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await chat(user, ['send', '--json', ...args]);
  expect(stderr).toBe('');
  return String(objects(stdout)[0]?.sequence);
}

async function stored(sequence: string): Promise<Readonly<Record<string, unknown>>> {
  const { stdout, code } = await chat('user1', ['get', sequence, '--json']);
  expect(code).toBe(0);
  return objects(stdout)[0] ?? {};
}

const imageSent = (): Promise<string> =>
  sent('user1', '--image', join(process.cwd(), 'docs/images/sixel.png'));

const silent = { code: 0, stdout: '', stderr: '' };

describe('chat edit', () => {
  test('replaces a text by its arguments, or by stdin', async () => {
    const sequence = await sent('user1', '--room', 'ops', 'first');
    expect(await chat('user1', ['edit', sequence, 'second', 'text'])).toEqual(silent);
    expect(await stored(sequence)).toMatchObject({ text: 'second text', edited: expect.any(Number) });
    for (const args of [[], ['-']]) {
      const input = `from ${args.length}\nstdin\n`;
      expect(await chat('user1', ['edit', sequence, ...args], { input })).toEqual(silent);
      expect(await stored(sequence)).toMatchObject({ text: `from ${args.length}\nstdin`, room: 'ops' });
    }
  });

  test('repeated with the same --id changes the message once', async () => {
    const sequence = await sent('user1', 'text');
    const first = await chat('user1', ['edit', sequence, 'one', '--id', 'job-1', '--json']);
    await chat('user1', ['edit', sequence, 'two']);
    const again = await chat('user1', ['edit', sequence, 'one', '--id', 'job-1', '--json']);
    expect(again).toEqual(first);
    expect(objects(first.stdout)).toEqual([
      { type: 'sent', sequence: expect.any(Number), id: 'job-1', target: Number(sequence) },
    ]);
    expect((await stored(sequence)).text).toBe('two');
  });

  test.each<[string, string[], number, RegExp]>([
    [
      'an empty text',
      ['1', ''],
      2,
      /the text is empty: nothing was changed. To remove the message: chat delete 1/,
    ],
    ['- among other words', ['1', '-', 'x'], 2, /cannot be combined/],
    ['no sequence', ['first', 'x'], 2, /SEQUENCE takes a whole number/],
    ['an invalid id', ['1', 'x', '--id', 'a b'], 2, /--id: the id must be 1 to 64 printable/],
    ['an empty id', ['1', 'x', '--id', ''], 2, /--id: it is empty/],
    ['a text that looks like an option', ['1', '-x'], 2, /If it is text: chat edit SEQUENCE -- TEXT/],
    ['no message', ['999999', 'x'], 8, /no such message: 999999/],
  ])('rejects %s in one line', async (_, args, code, text) => {
    const ended = await chat('user1', ['edit', ...args]);
    expect(ended).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(oneLine) });
    expect(ended.stderr).toMatch(text);
  });

  test('rejects what is not the own text with 8, and what no message can be with 6', async () => {
    const sequence = await sent('user1', 'mine');
    const control = await chat('user1', ['edit', sequence, 'a\u0007']);
    expect(control).toMatchObject({ code: 6, stderr: expect.stringMatching(/control character U\+0007/) });
    const ended = await chat('user2', ['edit', sequence, 'x', '--json']);
    expect({ ...ended, stderr: objects(ended.stderr) }).toEqual({
      ...{ code: 8, stdout: '' },
      stderr: [
        {
          v: 2,
          type: 'error',
          code: 'not-permitted',
          exit: 8,
          message: 'only its author can edit a message',
        },
      ],
    });
    expect((await chat('user1', ['edit', await imageSent(), 'x'])).stderr).toBe(
      'chat: only texts can be edited\n',
    );
    expect(await chat('user1', ['edit', sequence, 'x', '-v'])).toMatchObject({
      stderr: `chat: edited ${sequence}\n`,
    });
  });
});

describe('chat delete', () => {
  test('removes a message, and reports one that is deleted already with 8', async () => {
    const sequence = await sent('user1', 'secret');
    expect(await chat('user1', ['delete', sequence])).toEqual(silent);
    expect(await stored(sequence)).toMatchObject({ text: '', deleted: true });
    expect(withoutTimes((await chat('user2', ['get', sequence])).stdout)).toBe('<user1> (deleted)\n');
    const again = await chat('user1', ['delete', sequence]);
    expect(again).toEqual({ code: 8, stdout: '', stderr: 'chat: this message was deleted\n' });
  });
});

describe('chat react', () => {
  test('replaces the reactions of the user, and without emoji removes them', async () => {
    const sequence = await sent('user1', 'text');
    expect(await chat('user1', ['react', sequence, '👍', '🎉'])).toEqual(silent);
    expect(await chat('user2', ['react', sequence, '👍'])).toEqual(silent);
    expect(await chat('user1', ['react', sequence, '👍'])).toEqual(silent);
    const reactions = [{ emoji: '👍', count: 2, names: ['user1', 'user2'] }];
    expect((await stored(sequence)).reactions).toEqual(reactions);
    expect(withoutTimes((await chat('user2', ['get', sequence])).stdout)).toBe(
      '<user1> text\n\t👍 user1, user2\n',
    );
    for (const user of ['user1', 'user2']) expect(await chat(user, ['react', sequence])).toEqual(silent);
    expect(await stored(sequence)).not.toHaveProperty('reactions');
    const rejected = await chat('user1', ['react', sequence, ':+1:']);
    expect(rejected).toEqual({ code: 6, stdout: '', stderr: 'chat: a reaction is one emoji of Unicode\n' });
  });
});

describe('chat get', () => {
  test('saves an image as a new file that only its owner can read, or in a directory by its sequence', async () => {
    const sequence = await imageSent();
    const cwd = temporaryFolder();
    const file = join(cwd, 'saved.png');
    const saved = await chat('user2', ['get', sequence, 'saved.png'], { cwd });
    expect(saved).toMatchObject({ code: 0, stderr: '' });
    expect(saved.stdout).toContain(`] ${file}\n`);
    expect(readFileSync(file).subarray(1, 4).toString()).toBe('PNG');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    writeFileSync(file, 'mine');
    const again = await chat('user2', ['get', sequence, 'saved.png'], { cwd });
    expect(again).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(oneLine) });
    expect(again.stderr).toContain('saved.png exists. Choose another path');
    expect(readFileSync(file, 'utf8')).toBe('mine');
    const json = objects((await chat('user2', ['get', sequence, '.', '--json'], { cwd })).stdout);
    expect(json).toMatchObject([{ type: 'image', file: join(cwd, `chat-${sequence}.png`) }]);
    expect(existsSync(join(cwd, `chat-${sequence}.png`))).toBe(true);
  });

  test('rejects a path for what is no image, and messages that do not exist', async () => {
    const text = await sent('user1', 'text');
    expect(await chat('user1', ['get', text, 'x.png'])).toMatchObject({
      ...{ code: 2, stdout: '' },
      stderr: `chat: message ${text} is a text, not an image. To print it: chat get ${text}\n`,
    });
    const image = await imageSent();
    await chat('user1', ['delete', image]);
    expect(await chat('user1', ['get', image, 'x.png'])).toMatchObject({
      ...{ code: 8, stderr: `chat: message ${image} was deleted\n` },
    });
    const room = await sent('user1', '--direct', 'user2', 'private');
    for (const sequence of ['999999', room])
      expect(await chat('user3', ['get', sequence])).toMatchObject({
        ...{ code: 8, stderr: `chat: no such message: ${sequence}\n` },
      });
  });
});

describe('chat history', () => {
  test('prints messages as they are now, the same again, in the lobby as in other rooms', async () => {
    for (const place of [[], ['--room', 'ops']]) {
      const [kept, deleted] = [await sent('user1', ...place, 'typo'), await sent('user1', ...place, 'gone')];
      await chat('user1', ['edit', kept, 'no typo']);
      await chat('user2', ['react', kept, '👍']);
      await chat('user1', ['delete', deleted]);
      const history = (...args: readonly string[]) =>
        run('user2', ['history', server.address, ...place, '--limit', '2', ...args]);
      expect(withoutTimes((await history()).stdout)).toBe('<user1> no typo (edited)\n<user1> (deleted)\n');
      const { stdout } = await history('--json');
      expect(objects(stdout)).toMatchObject([
        { text: 'no typo', edited: expect.any(Number), reactions: [{ emoji: '👍', names: ['user2'] }] },
        { text: '', deleted: true },
      ]);
      expect((await history('--json')).stdout).toBe(stdout);
      const found = await run('user2', [
        'history',
        server.address,
        ...place,
        '--search',
        'no typo',
        '--json',
      ]);
      expect(objects(found.stdout)).toMatchObject([{ sequence: Number(kept), reactions: [{ count: 1 }] }]);
    }
  });
});

describe('chat connect without a screen', () => {
  const follow = async (...args: readonly string[]): Promise<ChatProcess> => {
    const reader = startChat(['connect', server.address, '--tail', '0', '-v', '--room', 'ops', ...args], {
      env: login('user2'),
    });
    readers.push(reader);
    await reader.until(({ stderr }) => stderr().includes('connected to'));
    return reader;
  };

  test('prints edits, deletions and reactions as they happen, as JSON and as lines', async () => {
    const [json, plain] = await Promise.all([follow('--json'), follow()]);
    const sequence = await sent('user1', '--room', 'ops', 'text');
    await chat('user1', ['edit', sequence, 'two\nlines']);
    await chat('user2', ['react', sequence, '👍', '🎉']);
    await chat('user2', ['react', sequence]);
    await chat('user1', ['delete', sequence]);
    for (const reader of [json, plain]) await reader.until(({ stdout }) => /"delete"|deleted/.test(stdout()));
    expect(withoutTimes(plain.stdout())).toBe(
      [
        '<user1> text',
        `* user1 edited message ${sequence}: two\n\tlines`,
        `* user2 reacted to message ${sequence} with 👍 🎉`,
        `* user2 removed their reactions from message ${sequence}`,
        `* user1 deleted message ${sequence}\n`,
      ].join('\n'),
    );
    const target = Number(sequence);
    expect(objects(json.stdout())).toMatchObject([
      { type: 'message', sequence: target, text: 'text' },
      { type: 'edit', target, text: 'two\nlines', from: 'user1', self: false, replay: false, room: 'ops' },
      { type: 'react', target, emoji: ['👍', '🎉'], self: true },
      { type: 'react', target, emoji: [] },
      { type: 'delete', target },
    ]);
  });
});

test('a server without changes of messages is reported', async () => {
  const reference = await startReferenceServer();
  const to = ['--to', `127.0.0.1:${reference.port}`];
  const ended = await Promise.all(
    [
      ['edit', '1', 'x'],
      ['delete', '1'],
      ['react', '1'],
      ['get', '1'],
    ].map((args) => run('user1', [...args, ...to])),
  );
  reference.stop();
  for (const { code, stderr } of ended) {
    expect(code).toBe(1);
    expect(stderr).toMatch(oneLine);
  }
  expect(ended[0]?.stderr).toBe('chat: this server cannot change messages\n');
});

import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { systemClock } from '../../shared/clock.js';
import { emptyComposer, replaceDraft } from './composer/composer.js';
import { openMemory, type Memory } from './memory.js';
import { initialRoomSettings, notConfigured, type Preferences } from './state/preferences.js';
import type { ChatId, Remembered } from './state/remembered.js';

let directory = '';

beforeEach(async () => {
  directory = join(await mkdtemp(join(tmpdir(), 'chat-memory-')), 'state', 'chat');
});
afterEach(() => rm(join(directory, '..', '..'), { recursive: true, force: true }));

const nothing = { ignored: [], read: undefined, history: [], rooms: new Map(), drafts: {} };

const id: ChatId = { address: 'localhost', user: 'anna', logId: 'log-1' };

const open = (configured = notConfigured): Promise<Memory> =>
  openMemory({ directory, configured, serverName: (address) => `${address}:65002`, clock: systemClock });

/** What is on the screen: one draft in the lobby and one in room 5. */
function drafts(inLobby: string, inRoom5 = ''): Remembered['drafts'] {
  const withText = (text: string) => replaceDraft(emptyComposer, text);
  return { room: 0, composer: withText(inLobby), others: new Map([[5, { composer: withText(inRoom5) }]]) };
}

/** A run of the client in which the user chooses and sends something. */
async function run(memory: Memory, changed: Partial<Preferences>, sent: string[], chat = id): Promise<void> {
  const remembered: Remembered = {
    preferences: memory.preferences,
    chat: undefined,
    sent: [],
    read: undefined,
    newest: undefined,
    drafts: drafts(''),
  };
  const { ignored } = await memory.load(chat);
  memory.note(remembered);
  memory.note({ ...remembered, chat });
  const all = [...ignored, ...(changed.ignored ?? [])];
  const preferences = { ...memory.preferences, ...changed, ignored: all };
  memory.note({ ...remembered, chat, preferences, sent, read: 5, newest: 5 });
  await memory.close();
}

async function chatFiles(): Promise<string[]> {
  const names = await readdir(join(directory, 'servers'));
  return names.map((name) => join(directory, 'servers', name));
}

test('the next run has the settings, and each chat what belongs to it', async () => {
  await run(await open(), { theme: 'dark', ignored: ['ben'] }, ['hello']);
  const next = await open();
  expect(next.preferences).toMatchObject({ theme: 'dark', ignored: [] });
  expect(await next.load({ ...id, user: 'ANNA' })).toEqual({
    ...nothing,
    ignored: ['ben'],
    read: 5,
    history: ['hello'],
  });
});

test.each<[string, Partial<ChatId>]>([
  ['user', { user: 'ben' }],
  ['address', { address: 'elsewhere' }],
  ['log', { logId: 'log-2' }],
  ['server without a log', { logId: undefined }],
])('another %s shares nothing', async (_, other) => {
  await run(await open(), { ignored: ['ben'] }, ['secret plan']);
  expect(await (await open()).load({ ...id, ...other })).toEqual(nothing);
});

test('only this user can read the directory and the files', async () => {
  await mkdir(directory, { recursive: true });
  await chmod(directory, 0o755);
  await run(await open(), { theme: 'dark' }, ['hello']);
  const modes = await Promise.all(
    [directory, join(directory, 'servers'), join(directory, 'settings.json'), ...(await chatFiles())].map(
      async (path) => (await stat(path)).mode & 0o777,
    ),
  );
  expect(modes).toEqual([0o700, 0o700, 0o600, 0o600]);
});

test('two clients at once keep what both sent', async () => {
  const [one, two] = [await open(), await open()];
  await run(one, { ignored: ['ben'] }, ['from one']);
  await run(two, { theme: 'light', ignored: ['carl'] }, ['from two']);
  const next = await open();
  expect(next.preferences.theme).toBe('light');
  expect(await next.load(id)).toMatchObject({ ignored: ['ben', 'carl'], history: ['from one', 'from two'] });
});

test('without a directory nothing is stored or reported', async () => {
  const memory = await openMemory({
    directory: undefined,
    configured: notConfigured,
    serverName: String,
    clock: systemClock,
  });
  const problems: string[] = [];
  memory.onProblem((text) => problems.push(text));
  await run(memory, { theme: 'dark' }, ['hello']);
  expect(problems).toEqual([]);
});

describe('a file that cannot be read', () => {
  test.each<[string, (path: string) => Promise<unknown>, RegExp]>([
    ['is damaged', (path) => writeFile(path, '{"version": 1, "ignored'), /is damaged/],
    ['has another form', (path) => writeFile(path, '[1, 2]'), /is damaged/],
    ['has impossible values', (path) => change(path, { history: 5 }), /is damaged/],
    ['is of a later version', (path) => change(path, { version: 2 }), /is of a newer version of chat/],
    ['is of another user', (path) => change(path, { user: 'eve' }), /is damaged/],
    ['is huge', (path) => writeFile(path, 'x'.repeat(2 ** 21)), /has over 1048576 bytes/],
    ['can be changed by others', (path) => chmod(path, 0o666), /can be changed by other users/],
    ['is a directory', (path) => rm(path).then(() => mkdir(path)), /it is a directory/],
    ['never ends', (path) => rm(path).then(() => symlink('/dev/zero', path)), /./],
  ])('because it %s is reported once, ignored and not changed', async (_, damage, message) => {
    await run(await open(), { ignored: ['ben'] }, ['hello']);
    const [path = ''] = await chatFiles();
    await damage(path);
    const before = await contentOf(path);
    const memory = await open();
    const problems: string[] = [];
    memory.onProblem((text) => problems.push(text));
    await run(memory, { ignored: ['carl'] }, ['again']);
    await run(memory, { ignored: ['dora'] }, ['and again']);
    expect(problems).toEqual([expect.stringMatching(message)]);
    expect(problems[0]).toContain('it is ignored and not changed');
    expect(await contentOf(path)).toBe(before);
  });

  /** The target of a link, which may have no end. */
  async function contentOf(path: string): Promise<string> {
    return readlink(path).catch(() => readFile(path, 'utf8').catch(String));
  }

  async function change(path: string, changed: Readonly<Record<string, unknown>>): Promise<void> {
    const content = JSON.parse(await readFile(path, 'utf8')) as object;
    await writeFile(path, JSON.stringify({ ...content, ...changed }));
  }
});

test('a directory that cannot be written is reported once', async () => {
  await mkdir(join(directory, '..'), { recursive: true });
  await writeFile(directory, 'a file');
  const memory = await open();
  const problems: string[] = [];
  memory.onProblem((text) => problems.push(text));
  await run(memory, { theme: 'dark' }, ['hello']);
  expect(problems).toEqual([
    expect.stringContaining('settings.json cannot be written, so nothing is remembered'),
    expect.stringContaining('.json cannot be written, so nothing is remembered'),
  ]);
});

test('keys of a later version stay in the file', async () => {
  await run(await open(), {}, ['hello']);
  const [path = ''] = await chatFiles();
  const content = JSON.parse(await readFile(path, 'utf8')) as object;
  await writeFile(path, JSON.stringify({ ...content, labels: { lobby: 'home' } }));
  await run(await open(), {}, ['more']);
  expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({
    labels: { lobby: 'home' },
    history: ['hello', 'more'],
  });
});

describe('drafts', () => {
  /** A run that ends with these drafts. */
  async function write(memory: Memory, inLobby: string, inRoom5 = ''): Promise<void> {
    const { preferences } = memory;
    await memory.load(id);
    const started = { preferences, chat: id, sent: [], read: 1, newest: 1 };
    memory.note({ ...started, drafts: drafts('') });
    memory.note({ ...started, drafts: drafts(inLobby, inRoom5) });
    await memory.close();
  }

  const stored = async () => (await (await open()).load(id)).drafts;

  test('are there again in the next run, each in its room, until they are sent', async () => {
    await write(await open(), 'one', 'two');
    expect(await stored()).toEqual({ 0: 'one', 5: 'two' });
    await write(await open(), '', 'two');
    expect(await stored()).toEqual({ 5: 'two' });
  });

  test('are in files that only this user can read', async () => {
    await write(await open(), 'one');
    const folder = join(directory, 'drafts');
    const [name = ''] = await readdir(folder);
    const modes = await Promise.all(
      [folder, join(folder, name)].map(async (path) => (await stat(path)).mode),
    );
    expect(modes.map((mode) => mode & 0o777)).toEqual([0o700, 0o600]);
  });

  test('of two clients at once are both kept', async () => {
    const [one, two] = [await open(), await open()];
    await two.load(id);
    await write(one, 'one');
    const { preferences } = two;
    const started = { preferences, chat: id, sent: [], read: 1, newest: 1 };
    two.note({ ...started, drafts: drafts('') });
    two.note({ ...started, drafts: drafts('', 'two') });
    await two.close();
    expect(await stored()).toEqual({ 0: 'one', 5: 'two' });
  });

  test('are not stored, and removed, if config.toml says that nothing written is stored', async () => {
    await write(await open(), 'one');
    await write(await open({ ...notConfigured, keepsHistory: false }), 'two');
    expect(await stored()).toEqual({});
  });
});

test('settings of rooms are there again in the next run, until they are undone', async () => {
  const rooms = new Map([[5, { ...initialRoomSettings, pinned: true, mutedUntil: 7 }]]);
  await run(await open(), { rooms }, []);
  expect((await (await open()).load(id)).rooms).toEqual(rooms);
  const memory = await open();
  const loaded = await memory.load(id);
  const started = { chat: id, sent: [], read: 1, newest: 1, drafts: drafts('') };
  memory.note({ ...started, preferences: { ...memory.preferences, rooms: loaded.rooms } });
  memory.note({ ...started, preferences: { ...memory.preferences, rooms: new Map() } });
  await memory.close();
  expect((await (await open()).load(id)).rooms).toEqual(new Map());
});

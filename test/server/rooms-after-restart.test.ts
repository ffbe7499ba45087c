import { chmod, cp } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { pino } from 'pino';
import { accountFile } from '../../src/server/accounts/account-file.js';
import { addUser, removeUser } from '../../src/server/accounts/change-accounts.js';
import { past, roomRole, roomType } from '../../src/shared/message.js';
import { decodeText } from '../../src/shared/text.js';
import { temporaryFolder } from '../chat-process.js';
import { RoomsClient } from './rooms-client.js';
import { withServer } from './test-server.js';

const password = 'a password';

type UserOf = (name: string) => RoomsClient;

async function withClients(port: number, use: (user: UserOf) => Promise<void>): Promise<void> {
  const clients: RoomsClient[] = [];
  try {
    await use((name) => {
      const client = new RoomsClient(port, name, password);
      clients.push(client);
      return client;
    });
  } finally {
    for (const client of clients) client.close();
  }
}

async function withUsers(...names: readonly string[]) {
  const dataDirectory = join(temporaryFolder(), 'data');
  const store = accountFile(dataDirectory);
  for (const name of names) await addUser(store, { name, password });
  /** Starts a server on the same data each time. */
  const served = (use: (user: UserOf) => Promise<void>): Promise<void> =>
    withServer({ store: 'embedded', dataDirectory }, ({ port }) => withClients(port, use));
  return { store, served };
}

test('rooms, members and ids last', async () => {
  const { served } = await withUsers('ann', 'bob', 'carl');
  const lists = (user: UserOf) => Promise.all(['ann', 'bob', 'carl'].map((name) => user(name).list()));
  let before: unknown;
  let closed = 0;
  await served(async (user) => {
    const [ann, bob, carl] = [user('ann'), user('bob'), user('carl')];
    closed = (await ann.create('closed', { members: ['bob'], id: 'create' })).number;
    const open = await bob.create('open', { type: roomType.open, topic: 'topic' });
    await carl.join(open.number);
    await bob.direct('carl');
    await ann.post(closed, 'text', { id: 'post' });
    await ann.invite(closed, 'carl');
    await carl.leave(closed);
    await bob.update({ room: open.number, topic: 'new topic', archived: true });
    before = await lists(user);
  });
  await served(async (user) => {
    const ann = user('ann');
    expect(await lists(user)).toEqual(before);
    expect((await ann.create('closed', { id: 'create' })).number).toBe(closed);
    const { sequence } = await ann.post(closed, 'text', { id: 'post' });
    expect((await ann.room({ number: closed })).newest).toBe(sequence);
    await expect(user('carl').room({ number: closed })).rejects.toThrow('NOT_FOUND no such room');
    expect(await lists(user)).toEqual(before);
  });
});

test('the new holder of a name has nothing of the former one', async () => {
  const { store, served } = await withUsers('ann', 'bob');
  const numbers: number[] = [];
  await served(async (user) => {
    const [ann, bob] = [user('ann'), user('bob')];
    const closed = await ann.create('closed', { members: ['bob'], past: past.all });
    const direct = await bob.direct('ann');
    const own = await bob.create('own');
    await bob.post(direct.number, 'for ann only');
    numbers.push(closed.number, direct.number, own.number);
  });
  await removeUser(store, 'bob');
  await served(async (user) => {
    const [closed = 0, direct = 0] = numbers;
    const ann = user('ann');
    for (const number of [0, closed]) {
      expect(await ann.memberNames(number)).toEqual(['ann']);
      expect((await ann.room({ number })).memberCount).toBe(1);
    }
    expect((await ann.room({ number: direct })).participants).toEqual(['ann', 'bob']);
    for (const call of [ann.invite(closed, 'bob'), ann.direct('bob')])
      await expect(call).rejects.toThrow('NOT_FOUND no such user: bob');
    await expect(user('bob').list()).rejects.toThrow('UNAUTHENTICATED');
  });
  await addUser(store, { name: 'bob', password, reuseName: true });
  await served(async (user) => {
    const [closed = 0, direct = 0] = numbers;
    const [ann, bob] = [user('ann'), user('bob')];
    expect(await bob.numbers()).toEqual([0]);
    for (const number of numbers)
      await expect(bob.room({ number })).rejects.toThrow('NOT_FOUND no such room');
    expect(await ann.memberNames(closed)).toEqual(['ann']);
    expect((await ann.room({ number: direct })).participants).toEqual(['ann']);
    expect((await ann.direct('bob')).number).not.toBe(direct);
    await ann.invite(closed, 'bob');
    expect(await ann.memberNames(closed)).toEqual(['ann', 'bob']);
  });
});

test('a user who is removed or added while the server runs is no longer, or now, a member of the lobby', async () => {
  const { store, served } = await withUsers('ann', 'bob');
  await served(async (user) => {
    const ann = user('ann');
    const untilMembersAre = async (names: string): Promise<void> => {
      while ((await ann.memberNames(0)).join(' ') !== names) await setImmediate();
    };
    await untilMembersAre('ann bob');
    await removeUser(store, 'bob');
    await untilMembersAre('ann');
    await addUser(store, { name: 'carl', password });
    await untilMembersAre('ann carl');
    expect((await ann.room({})).memberCount).toBe(2);
  });
});

test('a server shows the rooms in the data of the first version with rooms to their members only', async () => {
  const dataDirectory = join(temporaryFolder(), 'data');
  await cp(join(import.meta.dirname, 'logs', 'data-with-rooms'), dataDirectory, { recursive: true });
  const modes = { '.': 0o700, log: 0o700, version: 0o600, 'accounts.json': 0o600 };
  for (const [name, mode] of Object.entries(modes)) await chmod(join(dataDirectory, name), mode);
  const warnings: string[] = [];
  const logger = pino({ level: 'warn' }, { write: (line) => warnings.push(line) });
  const served = (use: (user: UserOf) => Promise<void>): Promise<void> =>
    withServer({ store: 'embedded', dataDirectory, logger }, ({ port }) => withClients(port, use));
  await served(async (user) => {
    const [anna, bert, carl] = [user('anna'), user('bert'), user('carl')];
    const lobby = { number: 0, newest: 19, memberCount: 4 };
    const plans = { number: 3, name: 'plans', topic: 'what now', type: roomType.open, newest: 5 };
    const secret = { number: 6, name: 'secret', type: roomType.closed, newest: 18, memberCount: 2 };
    const direct = { number: 10, type: roomType.direct, newest: 11, participants: ['anna', 'carl'] };
    const old = { number: 16, name: 'old', type: roomType.open, archived: true, memberCount: 1 };
    const rooms = async (of: RoomsClient) => (await of.list()).rooms;
    expect(await rooms(anna)).toMatchObject([lobby, plans, secret, direct]);
    expect(await rooms(bert)).toMatchObject([lobby, { ...secret, role: roomRole.moderator }]);
    expect(await rooms(carl)).toMatchObject([lobby, direct, { ...old, role: roomRole.moderator }]);
    expect(await rooms(user('dora'))).toMatchObject([lobby, plans]);
    expect((await carl.browse()).items).toMatchObject([old, plans]);
    expect(await anna.memberNames(secret.number)).toEqual(['anna', 'bert']);
    await expect(carl.room({ name: 'secret' })).rejects.toThrow('NOT_FOUND no such room');
    const texts = (await bert.history(secret.number)).map(({ content }) => decodeText(content));
    expect(texts).toEqual(['after the saved state', '', '', 'in the closed room', '']);
    await expect(carl.history(secret.number)).rejects.toThrow('NOT_FOUND no such room');
    expect((await bert.post(secret.number, 'next')).sequence).toBe(20);
  });
  expect(warnings).toEqual([]);
});

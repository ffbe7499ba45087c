import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { accountFile } from '../../src/server/accounts/account-file.js';
import { addUser, removeUser } from '../../src/server/accounts/change-accounts.js';
import { past, roomType } from '../../src/shared/message.js';
import { decodeText } from '../../src/shared/text.js';
import { temporaryFolder } from '../chat-process.js';
import { cheapHashing } from './data-with-messages.js';
import { RoomsClient } from './rooms-client.js';
import { withServer } from './test-server.js';

const password = 'a password';

async function withUsers(...names: readonly string[]) {
  const dataDirectory = join(temporaryFolder(), 'data');
  const store = accountFile(dataDirectory);
  for (const name of names) await addUser(store, { name, password });
  const served = (use: (user: (name: string) => RoomsClient) => Promise<void>): Promise<void> =>
    withServer({ store: 'embedded', dataDirectory, hashing: cheapHashing }, async ({ port }) => {
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
    });
  return { store, served };
}

const mentioned = async (client: RoomsClient, query = {}): Promise<string[]> =>
  (await client.mentions(query)).map(({ content }) => decodeText(content));
const counts = async (client: RoomsClient): Promise<number[]> =>
  (await client.list()).rooms.map(({ own }) => own?.mentions ?? -1);

test('mentions are those of users who can read the room, are counted until read, and last', async () => {
  const { served } = await withUsers('ann', 'bob', 'carl');
  let room = 0;
  await served(async (user) => {
    const [ann, bob, carl] = [user('ann'), user('bob'), user('carl')];
    room = (await ann.create('plans', { type: roomType.closed, members: ['bob'] })).number;
    await ann.post(room, 'to bob', { mentions: ['BOB', 'carl', 'nobody', 'ann', '\u001b[2J', 'bob'] });
    await ann.post(0, 'to carl in the lobby', { mentions: ['carl'] });
    await bob.post(room, 'to all', { mentions: ['all', 'carl'] });
    await ann.post(room, 'to no one');
    const stored = await ann.history(room);
    expect(stored.map(({ detail }) => detail?.mentions ?? [])).toEqual([[], ['all'], ['bob'], []]);
    expect(stored.map(({ detail }) => detail?.mentionedAccounts?.length ?? 0)).toEqual([0, 0, 1, 0]);
    expect(await mentioned(bob)).toEqual(['to bob']);
    expect(await mentioned(carl)).toEqual(['to carl in the lobby']);
    expect(await mentioned(ann)).toEqual(['to all']);
    // Sending marked what came before.
    expect([await counts(ann), await counts(bob), await counts(carl)]).toEqual([[0, 0], [0, 0], [1]]);
    await ann.post(room, 'once more', { mentions: ['all'] });
    await ann.post(room, 'and again', { mentions: ['bob', 'all'] });
    expect(await counts(bob)).toEqual([0, 2]);
  });
  await served(async (user) => {
    const [bob, carl] = [user('bob'), user('carl')];
    expect(await counts(bob)).toEqual([0, 2]);
    expect(await mentioned(bob)).toEqual(['and again', 'once more', 'to bob']);
    const [first] = await bob.mentions({ limit: 1 });
    expect(await mentioned(bob, { before: first?.sequence, limit: 1 })).toEqual(['once more']);
    await bob.mark(room, first?.sequence ?? 0);
    await carl.mark(0, 1e9);
    expect([await counts(bob), await counts(carl)]).toEqual([[0, 0], [0]]);
    expect(await mentioned(carl)).toEqual(['to carl in the lobby']);
  });
});

test('a deleted message is neither unread nor a mention, and an edited one stays both', async () => {
  const { served } = await withUsers('ann', 'bob');
  const unread = async (client: RoomsClient, number: number) => {
    const own = await client.own(number);
    return [own.unread, own.mentions];
  };
  let room = 0;
  await served(async (user) => {
    const [ann, bob] = [user('ann'), user('bob')];
    room = (await ann.create('plans', { members: ['bob'] })).number;
    const posts: number[] = [];
    for (const mention of ['bob', 'all', 'bob', 'all'])
      posts.push((await ann.post(room, `to ${mention}`, { mentions: [mention] })).sequence);
    expect(await unread(bob, room)).toEqual([4, 4]);
    const [first = 0, second = 0, third = 0] = posts;
    await ann.delete(first);
    await ann.delete(second);
    await ann.edit(third, 'edited');
    expect(await unread(bob, room)).toEqual([2, 2]);
    expect(await mentioned(bob)).toEqual(['to all', 'edited']);
  });
  await served(async (user) => {
    expect(await unread(user('bob'), room)).toEqual([2, 2]);
    expect(await mentioned(user('bob'))).toEqual(['to all', 'edited']);
  });
});

test('a mention in a room that the user left or cannot see is not listed, and one in an open room is', async () => {
  const { served } = await withUsers('ann', 'bob');
  await served(async (user) => {
    const [ann, bob] = [user('ann'), user('bob')];
    const closed = (await ann.create('closed', { type: roomType.closed, past: past.all, members: ['bob'] }))
      .number;
    const open = (await ann.create('open', { type: roomType.open })).number;
    await ann.post(closed, 'in the closed room', { mentions: ['bob', 'all'] });
    await ann.post(closed, 'to bob there', { mentions: ['bob'] });
    await ann.post(open, 'to all members', { mentions: ['all'] });
    await ann.post(open, 'to bob, who is none', { mentions: ['bob', 'all'] });
    expect(await mentioned(bob)).toEqual(['to bob, who is none', 'to bob there', 'in the closed room']);
    await bob.leave(closed);
    expect(await mentioned(bob)).toEqual(['to bob, who is none']);
    expect(await counts(bob)).toEqual([0]);
  });
});

test('messages of base clients mention no one, and a message mentions at most 50 users', async () => {
  const { served } = await withUsers('ann', 'bob');
  await served(async (user) => {
    const [ann, bob] = [user('ann'), user('bob')];
    await ann.sendText('@bob');
    expect(await mentioned(bob)).toEqual([]);
    await ann.post(0, 'text', { mentions: Array<string>(50).fill('bob') });
    await expect(ann.post(0, 'text', { mentions: Array<string>(51).fill('bob') })).rejects.toThrow(
      'INVALID_ARGUMENT a message mentions at most 50 users',
    );
    await expect(ann.post(0, 'text', { mentions: ['x'.repeat(65)] })).rejects.toThrow('INVALID_ARGUMENT');
    expect((await bob.own(0)).mentions).toBe(1);
  });
});

test('the new holder of a name has no mentions of the former one', async () => {
  const { store, served } = await withUsers('ann', 'bob');
  await served((user) =>
    user('ann')
      .post(0, 'text', { mentions: ['bob'] })
      .then(() => undefined),
  );
  await removeUser(store, 'bob');
  await addUser(store, { name: 'bob', password, reuseName: true });
  await served(async (user) => {
    expect([await mentioned(user('bob')), await counts(user('bob'))]).toEqual([[], [0]]);
  });
});

import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { accountFile } from '../../src/server/accounts/account-file.js';
import { addUser, removeUser } from '../../src/server/accounts/change-accounts.js';
import { notify, roomType } from '../../src/shared/message.js';
import { plainNumber } from '../../src/shared/protobuf-values.js';
import { temporaryFolder } from '../chat-process.js';
import { cheapHashing } from './data-with-messages.js';
import { RoomsClient } from './rooms-client.js';
import { withServer } from './test-server.js';

const password = 'a password';
const noSettings = { notify: 0, mutedUntil: 0, hidden: false, pinned: false, markedUnread: false };

/** Starts a server on the same data each time, with these users. */
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

/** The marks that a session is notified of. */
async function watchMarks(client: RoomsClient) {
  const watch = client.online();
  await watch.until(() => watch.items.length > 0);
  const marks = () =>
    watch.items.flatMap(({ marks: some }) =>
      (some ?? []).map(({ room, readUpTo }) => [plainNumber(room), plainNumber(readUpTo)]),
    );
  const settings = () => watch.items.flatMap(({ settings: some }) => some ?? []);
  return { marks, settings, until: (condition: () => boolean) => watch.until(condition) };
}

test('the messages of others after the mark are unread, also after a restart', async () => {
  const { served } = await withUsers('ann', 'bob');
  let room = 0;
  await served(async (user) => {
    const [ann, bob] = [user('ann'), user('bob')];
    room = (await ann.create('plans', { type: roomType.closed, members: ['bob'] })).number;
    expect(await bob.own(room)).toEqual({ readUpTo: room, unread: 0, mentions: 0, settings: noSettings });
    const first = (await ann.post(room, 'one')).sequence;
    await ann.post(room, 'two');
    await ann.update({ room, topic: 'not a message' });
    expect(await bob.own(room)).toMatchObject({ readUpTo: room, unread: 2 });
    expect(await ann.own(room)).toMatchObject({ readUpTo: first + 1, unread: 0 });
    await bob.mark(room, first);
    await bob.mark(room, room);
    expect(await bob.own(room)).toMatchObject({ readUpTo: first, unread: 1 });
    await ann.sendText('in the lobby');
    expect((await bob.list()).rooms.map(({ own }) => own?.unread)).toEqual([1, 1]);
  });
  await served(async (user) => {
    const bob = user('bob');
    expect((await bob.list()).rooms.map(({ own }) => own?.unread)).toEqual([1, 1]);
    await bob.mark(room, 1e9);
    const { readUpTo, unread } = await bob.own(room);
    // The newest entry of the room.
    expect([readUpTo, unread]).toEqual([room + 3, 0]);
    await bob.sendText('a message of its own');
    expect((await bob.list()).rooms.map(({ own }) => own?.unread)).toEqual([0, 0]);
    expect((await user('ann').list()).rooms.map(({ own }) => own?.unread)).toEqual([1, 0]);
  });
});

test('at most 100 messages are counted', async () => {
  const { served } = await withUsers('ann', 'bob');
  await served(async (user) => {
    const [ann, bob] = [user('ann'), user('bob')];
    for (let count = 0; count < 102; count++) await ann.sendText('text');
    expect(await bob.own(0)).toMatchObject({ unread: 100 });
    await bob.mark(0, 3);
    expect(await bob.own(0)).toMatchObject({ unread: 99 });
  });
});

test('the sessions of a user are notified of its marks and settings, and those of others are not', async () => {
  const { served } = await withUsers('ann', 'bob');
  await served(async (user) => {
    const [ann, bob] = [user('ann'), user('bob')];
    const sessions = await Promise.all([watchMarks(ann), watchMarks(user('ann'))]);
    const other = await watchMarks(bob);
    const sequence = await bob.sendText('text');
    await ann.mark(0, sequence);
    await ann.configure({ room: 0, pinned: true, notify: notify.mentions });
    for (const session of sessions) {
      await session.until(() => session.settings().length > 0);
      expect(session.marks()[0]).toEqual([0, sequence]);
      expect(session.settings()).toMatchObject([{ pinned: true, notify: notify.mentions, hidden: false }]);
    }
    await other.until(() => other.marks().length > 0);
    expect([other.marks(), other.settings()]).toEqual([[[0, sequence]], []]);
  });
});

test('settings last until they are replaced, a hidden room until its next message, and unread until a mark', async () => {
  const { served } = await withUsers('ann', 'bob');
  const settings = { ...noSettings, notify: notify.off, mutedUntil: 5e12, hidden: true, markedUnread: true };
  let room = 0;
  await served(async (user) => {
    const bob = user('bob');
    room = (await bob.direct('ann')).number;
    await bob.configure({ room, ...settings });
    expect((await bob.own(room)).settings).toEqual(settings);
    expect((await user('ann').own(room)).settings).toEqual(noSettings);
  });
  await served(async (user) => {
    const [ann, bob] = [user('ann'), user('bob')];
    expect((await bob.own(room)).settings).toEqual(settings);
    const sequence = (await ann.post(room, 'text')).sequence;
    expect((await bob.own(room)).settings).toEqual({ ...settings, hidden: false });
    await bob.mark(room, sequence);
    expect((await bob.own(room)).settings).toMatchObject({ notify: notify.off, markedUnread: false });
    await bob.configure({ room });
    expect((await bob.own(room)).settings).toEqual(noSettings);
    await expect(bob.configure({ room, notify: 4 })).rejects.toThrow('INVALID_ARGUMENT');
    await expect(bob.configure({ room, mutedUntil: 9e15 })).rejects.toThrow('INVALID_ARGUMENT');
  });
});

test('only members have marks and settings', async () => {
  const { served } = await withUsers('ann', 'bob');
  await served(async (user) => {
    const [ann, bob] = [user('ann'), user('bob')];
    const open = (await ann.create('open', { type: roomType.open })).number;
    const closed = (await ann.create('closed', { type: roomType.closed })).number;
    await ann.post(open, 'text');
    for (const [room, reason] of [
      [open, 'PERMISSION_DENIED you are not a member of this room: join it first'],
      [closed, 'NOT_FOUND no such room'],
      [1e6, 'NOT_FOUND no such room'],
    ] as const) {
      await expect(bob.mark(room, 1)).rejects.toThrow(reason);
      await expect(bob.configure({ room })).rejects.toThrow(reason);
    }
    expect(await bob.own(open)).toEqual({ readUpTo: 0, unread: 0, mentions: 0, settings: noSettings });
    expect((await bob.browse()).items.map(({ own }) => own)).toEqual([undefined]);
    await bob.join(open);
    expect(await bob.own(open)).toMatchObject({ unread: 0 });
  });
});

test('the new holder of a name has the marks and settings of no one', async () => {
  const { store, served } = await withUsers('ann', 'bob');
  await served(async (user) => {
    await user('bob').sendText('text');
    await user('bob').configure({ room: 0, pinned: true });
    await user('ann').sendText('text');
  });
  await removeUser(store, 'bob');
  await addUser(store, { name: 'bob', password, reuseName: true });
  await served(async (user) => {
    expect(await user('bob').own(0)).toMatchObject({ readUpTo: 0, settings: noSettings });
    expect(await user('ann').own(0)).toMatchObject({ readUpTo: 2, unread: 0 });
  });
});

test('members learn who types in their rooms, and other users do not', async () => {
  const { served } = await withUsers('ann', 'bob', 'carl');
  await served(async (user) => {
    const [ann, bob, carl] = [user('ann'), user('bob'), user('carl')];
    const room = (await ann.create('plans', { type: roomType.closed, members: ['bob'] })).number;
    const watches = [ann.online(), bob.online(), carl.online()] as const;
    for (const watch of watches) await watch.until(() => watch.items.length > 0);
    const typingIn = ({ items }: (typeof watches)[number]): string[] =>
      items.flatMap(({ typing }) =>
        (typing ?? []).map(({ room: number, name, stopped }) => `${plainNumber(number)} ${name} ${stopped}`),
      );
    await ann.typing(room);
    await ann.typing(room, true);
    await expect(carl.typing(room)).rejects.toThrow('NOT_FOUND no such room');
    await carl.typing(0);
    const [own, member, stranger] = watches;
    const inLobby = '0 carl false';
    await own.until(() => typingIn(own).includes(inLobby));
    await member.until(() => typingIn(member).includes(inLobby));
    // Notices that arrive together are sent together, the newest of each room.
    expect(typingIn(member)).toEqual(expect.arrayContaining([`${room} ann true`]));
    expect(typingIn(own)).toEqual([inLobby]);
    await ann.typing(0);
    await stranger.until(() => typingIn(stranger).length > 0);
    expect(typingIn(stranger)).toEqual(['0 ann false']);
  });
});

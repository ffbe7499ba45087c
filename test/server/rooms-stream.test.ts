import { describe, expect, test } from '@jest/globals';
import { decodeMessages, emptyMessage, encodeEntry, encodeUpTo } from '../../src/shared/codec.js';
import { lobby, past } from '../../src/shared/message.js';
import { simpleChat } from '../../src/shared/services.js';
import { demoSnapshot } from '../../src/server/accounts/accounts-snapshot.js';
import type { Append } from '../../src/server/messages/message-log.js';
import { creation, membership, post } from '../support/room-appends.js';
import { dataWithEntries } from './data-with-messages.js';
import { online } from './online.js';
import {
  loginMetadata,
  StreamRecord,
  withClient,
  type Subscription,
  type TestClient,
} from './test-client.js';
import { withServer } from './test-server.js';

const idOf = (user: string): string => demoSnapshot.accounts.find(({ name }) => name === user)?.id ?? '';
const [ann, bob, cem] = ['user1', 'user2', 'user3'].map(idOf) as [string, string, string];

const closed = 2;
const open = 3;
/** user1 is a member of both rooms, user2 left the closed one and came back, user3 joined it late and left the other. */
const entries: readonly Append[] = [
  post(ann, lobby, 'lobby 1'),
  creation(ann, 'closed', { members: [bob], past: past.all }),
  creation(ann, 'open', { type: 0, members: [cem] }),
  post(ann, closed, 'closed 4'),
  post(ann, open, 'open 5'),
  membership(bob, closed, 'left'),
  post(ann, closed, 'closed 7'),
  membership(ann, closed, 'invited', cem),
  post(cem, closed, 'closed 9'),
  membership(cem, open, 'left'),
  post(ann, open, 'open 11'),
  post(ann, lobby, 'lobby 12'),
  membership(ann, closed, 'invited', bob),
  post(bob, closed, 'closed 14'),
  post(bob, open, 'void 15'),
];
const visible = {
  user1: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14],
  user2: [1, 12, 13, 14],
  user3: [1, 8, 9, 10, 12, 13, 14],
  user4: [1, 12],
};

function subscribe(client: TestClient, user: string, metadata: Record<string, string> = {}): Subscription {
  return client.subscribe(loginMetadata(user, 'qwerty', { rooms: '1', ...metadata }));
}

async function served(
  directory: string,
  use: (client: TestClient, logId: string) => Promise<void>,
): Promise<void> {
  const options = { store: 'embedded', dataDirectory: directory, demoUsers: true } as const;
  await withServer(options, ({ port }) =>
    withClient(port, async (client) => {
      const one = subscribe(client, 'user5');
      await one.opened();
      one.stream.cancel();
      await use(client, one.value('log-id') ?? '');
    }),
  );
}

/** The sequences of a stream up to a message that is sent to the lobby now, without it. */
async function sequencesUntilNow(client: TestClient, stream: Subscription): Promise<number[]> {
  await stream.opened();
  const last = await client.sendText('the end', 'user5');
  const sequences = (): number[] => stream.messages().map(({ sequence }) => sequence);
  await stream.until(() => sequences().includes(last));
  stream.stream.cancel();
  return sequences().filter((sequence) => sequence < last);
}

describe('a stream with rooms', () => {
  test('starts at the head without a history, and says so', async () => {
    await served(await dataWithEntries(entries), async (client) => {
      const stream = subscribe(client, 'user1');
      await stream.opened();
      expect(stream.value('rooms')).toBe('1');
      expect(stream.value('resumed')).toBeUndefined();
      expect(stream.value('head')).toBe('15');
      // The newest entry is not a message of the lobby.
      expect(stream.value('head-digest')).toBeUndefined();
      expect(await sequencesUntilNow(client, stream)).toEqual([]);
    });
  });

  test.each(Object.entries(visible))(
    'of %s resumes after every cursor with what it may see',
    async (user, all) => {
      await served(await dataWithEntries(entries), async (client, logId) => {
        const sent: number[] = [];
        for (const after of [0, 1, 4, 8, 10, 13, 15]) {
          const stream = subscribe(client, user, { 'log-id': logId, 'resume-after': String(after) });
          const before = [...all, ...sent].filter((sequence) => sequence > after);
          expect(await sequencesUntilNow(client, stream)).toEqual(before);
          expect(stream.value('resumed')).toBe('true');
          sent.push(entries.length + sent.length + 1);
        }
      });
    },
  );

  test('resumes from the position of a batch without messages, also after a restart', async () => {
    const directory = await dataWithEntries(entries);
    let after = '';
    let logId = '';
    await served(directory, async (client, id) => {
      const raw = new StreamRecord(
        client.stream(simpleChat.messageList, emptyMessage, loginMetadata('user4', 'qwerty', { rooms: '1' })),
        (bytes) => bytes,
      );
      await raw.until(() => raw.items.length > 0);
      expect(Buffer.from(raw.items[0] ?? emptyMessage)).toEqual(Buffer.from(encodeUpTo(15)));
      raw.stream.cancel();
      [after, logId] = ['15', id];
    });
    await served(directory, async (client) => {
      const stream = subscribe(client, 'user4', { 'log-id': logId, 'resume-after': after });
      expect(await sequencesUntilNow(client, stream)).toEqual([]);
      expect(stream.value('resumed')).toBe('true');
    });
  });

  test('is not resumed past 2,000 visible entries, unless it asks for all', async () => {
    const many = Array.from({ length: 2001 }, (_, index) => post(ann, closed, `closed ${index}`));
    await served(await dataWithEntries([...entries, ...many]), async (client, logId) => {
      const cursor = { 'log-id': logId, 'resume-after': '15' };
      const cut = subscribe(client, 'user1', cursor);
      expect(await sequencesUntilNow(client, cut)).toEqual([]);
      expect(cut.value('resumed')).toBe('false');
      const all = subscribe(client, 'user1', { ...cursor, 'resume-all': '1' });
      expect(await sequencesUntilNow(client, all)).toHaveLength(2002);
      expect(all.value('resumed')).toBe('true');
      const other = subscribe(client, 'user4', cursor);
      expect(await sequencesUntilNow(client, other)).toHaveLength(2);
      expect(other.value('resumed')).toBe('true');
    });
  });

  test('is reset by the digest of a message that is no longer the same', async () => {
    await served(await dataWithEntries(entries), async (client, logId) => {
      const metadata = { 'log-id': logId, 'resume-after': '12', 'resume-digest': 'a'.repeat(64) };
      const stream = subscribe(client, 'user1', metadata);
      await stream.opened();
      expect(stream.value('resumed')).toBe('false');
    });
  });
});

test('a stream without rooms gets the bytes of the messages of the lobby, as without rooms', async () => {
  await served(await dataWithEntries(entries), async (client) => {
    const login = loginMetadata('user1');
    const raw = new StreamRecord(client.stream(simpleChat.messageList, emptyMessage, login), (part) => part);
    await raw.until(() => raw.items.some((part) => decodeMessages(part).length > 0));
    expect(raw.value('rooms')).toBeUndefined();
    expect(raw.value('head')).toBe('12');
    raw.stream.cancel();
    const expected = [1, 12].map((sequence) => {
      const { message } = entries[sequence - 1] ?? post('', lobby, '');
      return encodeEntry(message(), sequence);
    });
    expect(Buffer.concat(raw.items)).toEqual(Buffer.concat(expected));
  });
});

test('a stream with present: 0 does not make its user appear online', async () => {
  await served(await dataWithEntries(entries), async (client) => {
    const quiet = client.subscribe(loginMetadata('user2', 'qwerty', { present: '0' }));
    await quiet.opened();
    const present = client.subscribe(loginMetadata('user3'));
    await present.opened();
    expect(quiet.messages()).toHaveLength(2);
    const presence = online(client);
    await presence.until(() => presence.items.length > 0);
    expect(presence.items).toEqual([['user3']]);
  });
});

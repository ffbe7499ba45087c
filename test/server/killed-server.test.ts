import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { lobby, roomType, type Message } from '../../src/shared/message.js';
import { startServe, temporaryFolder, type ServerProcess } from '../chat-process.js';
import { CallError, RoomsClient } from './rooms-client.js';
import { portOf } from './server-process.js';

const rounds = 20;
const senderCount = 16;
/** At least as many messages are answered in a round before the server is killed. */
const minAnswersBeforeKill = 60;

/** The sequence in the answer to each id. */
type Answered = Map<string, number>;

/** Who sends to which room. */
type Sender = { readonly user: string; readonly room: number };

/** The first member of a room creates it. */
const membersOf = {
  open: ['user1', 'user2', 'user3', 'user4', 'user5'],
  closed: ['user1', 'user2', 'user3'],
  direct: ['user1', 'user2'],
} as const;

async function withUser<Result>(
  server: ServerProcess,
  user: string,
  use: (client: RoomsClient) => Promise<Result>,
): Promise<Result> {
  const client = new RoomsClient(portOf(server), user);
  try {
    return await use(client);
  } finally {
    client.close();
  }
}

/** Creates the rooms; returns a sender for each member of each room in turn. */
async function createSenders(server: ServerProcess): Promise<readonly Sender[]> {
  const rooms = await withUser(server, 'user1', async (client) => ({
    open: (await client.create('open', { type: roomType.open, members: [...membersOf.open] })).number,
    closed: (await client.create('closed', { members: [...membersOf.closed] })).number,
    direct: (await client.direct('user2')).number,
  }));
  const places = [
    { room: lobby, members: membersOf.open },
    { room: rooms.open, members: membersOf.open },
    { room: rooms.closed, members: membersOf.closed },
    { room: rooms.direct, members: membersOf.direct },
  ];
  return Array.from({ length: senderCount }, (_, number) => {
    const { room, members } = places[number % places.length] ?? { room: lobby, members: membersOf.open };
    return { room, user: members[number % members.length] ?? 'user1' };
  });
}

/** An id names the round, the number of its sender and a count. */
const senderOf = (senders: readonly Sender[], id: string): Sender =>
  senders[Number(id.split('-')[1])] ?? { user: 'user1', room: lobby };

/** Sends from several connections, one message at a time each, until the server is killed; returns the unanswered ids. */
async function sendUntilKilled(
  server: ServerProcess,
  senders: readonly Sender[],
  { round, answered }: { round: number; answered: Answered },
): Promise<string[]> {
  const target = answered.size + minAnswersBeforeKill;
  const unanswered: string[] = [];
  const send = ({ user, room }: Sender, number: number): Promise<void> =>
    withUser(server, user, async (client) => {
      for (let count = 0; ; count++) {
        const id = `${round}-${number}-${count}`;
        try {
          answered.set(id, (await client.post(room, id, { id })).sequence);
        } catch (error) {
          if (!(error instanceof CallError)) throw error;
          unanswered.push(id);
          return;
        }
        if (answered.size >= target) server.kill('SIGKILL');
      }
    });
  await Promise.all(senders.map(send));
  await server.ended;
  return unanswered;
}

/** Retries with the same ids, as a client does that got no answer. */
async function retry(
  server: ServerProcess,
  senders: readonly Sender[],
  { ids, answered }: { ids: readonly string[]; answered: Answered },
): Promise<void> {
  for (const id of ids) {
    const { user, room } = senderOf(senders, id);
    const { sequence } = await withUser(server, user, (client) => client.post(room, id, { id }));
    answered.set(id, sequence);
  }
}

/** Everything that the user may read as a member, up to the end of the lobby. */
async function everything(server: ServerProcess, user: string, rooms: boolean): Promise<Message[]> {
  return withUser(server, user, async (client) => {
    const last = await client.sendText(`the last text of ${user}`);
    const whole = { 'log-id': (await client.list()).logId, 'resume-after': '0', 'resume-all': '1' };
    const stream = rooms ? client.follow(undefined, whole) : client.subscribe(whole);
    await stream.until(() => stream.messages().at(-1)?.sequence === last);
    return stream.messages().slice(0, -1);
  });
}

const roomOf = ({ detail }: Message): number => detail?.room ?? lobby;

test('20 kills under 16 senders in four rooms lose, duplicate and misplace no answered message, and leave no gap', async () => {
  const data = join(temporaryFolder(), 'data');
  const answered: Answered = new Map();
  let unanswered: string[] = [];
  let senders: readonly Sender[] = [];
  for (let round = 0; round < rounds; round++) {
    const server = await startServe(['--rate', '0'], { data });
    if (round === 0) senders = await createSenders(server);
    await retry(server, senders, { ids: unanswered, answered });
    unanswered = await sendUntilKilled(server, senders, { round, answered });
  }
  expect(answered.size).toBeGreaterThanOrEqual(rounds * minAnswersBeforeKill);

  const server = await startServe(['--rate', '0'], { data });
  await retry(server, senders, { ids: unanswered, answered });
  // This user is in all rooms from their beginning.
  const all = await everything(server, 'user1', true);
  expect(all.map(({ sequence }) => sequence)).toEqual(all.map((_, index) => index + 1));
  const messages = all.filter(({ id }) => id !== '');
  expect(all.length - messages.length).toBe(Object.keys(membersOf).length);
  // Every message has been answered by now, so the log contains exactly these.
  expect(messages).toHaveLength(answered.size);
  expect(new Map(messages.map(({ id, sequence }) => [id, sequence]))).toEqual(answered);
  for (const message of messages) {
    const { id, from, content } = message;
    const sender = senderOf(senders, id);
    expect({ text: Buffer.from(content).toString(), user: from, room: roomOf(message) }).toEqual({
      text: id,
      ...sender,
    });
  }

  const inLobby = messages.filter((message) => roomOf(message) === lobby);
  const base = (await everything(server, 'user1', false)).filter(({ id }) => id !== '');
  expect(base).toEqual(inLobby);
  // This user is not in the closed room and the direct room.
  const readable = new Set(senders.filter(({ user }) => user === 'user5').map(({ room }) => room));
  const fifth = (await everything(server, 'user5', true)).filter(({ id }) => id !== '');
  expect(fifth).toEqual(messages.filter((message) => readable.has(roomOf(message))));
  expect(server.stderr()).not.toMatch(/missing|damaged/);
});

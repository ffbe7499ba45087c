import { status } from '@grpc/grpc-js';
import * as fc from 'fast-check';
import { lobby, mentionAll, past, roomType, type Message } from '../../src/shared/message.js';
import { CallError, RoomsClient, type RoomsStream } from '../server/rooms-client.js';
import type { Subscription } from '../server/test-client.js';
import type { Session } from './model.js';

const verbs = [
  'post',
  'send',
  'create',
  'direct',
  'join',
  'leave',
  'invite',
  'remove',
  'topic',
  'rename',
  'archive',
  'unarchive',
  'reconnect',
  'mark',
] as const;
const changes = ['edit', 'edit', 'react', 'react', 'delete'] as const;
type Verb = (typeof verbs)[number] | (typeof changes)[number];

/** What a user does. The numbers choose among what there is then. */
type Action = {
  readonly verb: Verb;
  readonly user: number;
  readonly server: number;
  readonly room: number;
  readonly other: number;
  readonly flag: boolean;
};

/** Actions at the same time, or a restart of a server. */
export type Step = readonly Action[] | { readonly restart: number };

const number = fc.nat({ max: 1000 });
const emoji = ['👍', '🎉', '👩‍👩‍👧‍👦'];

/** Enough that each test takes less than half a minute on an idle machine. */
export const trafficRuns = 30;

/** What random users do, several of them at a time. `hasChanges`: they also edit, delete and react to messages. */
export function anyTraffic({ hasChanges }: { hasChanges: boolean }): fc.Arbitrary<readonly Step[]> {
  const action = fc.record<Action>({
    verb: fc.oneof(
      { weight: 3, arbitrary: fc.constant('post' as const) },
      { weight: 7, arbitrary: fc.constantFrom(...verbs) },
      { weight: hasChanges ? 8 : 0, arbitrary: fc.constantFrom(...changes) },
    ),
    user: number,
    server: number,
    room: number,
    other: number,
    flag: fc.boolean(),
  });
  return fc.array(
    fc.oneof(
      { weight: 20, arbitrary: fc.array(action, { minLength: 1, maxLength: 4 }) },
      { weight: 1, arbitrary: fc.record({ restart: number }) },
    ),
    { minLength: 10, maxLength: 60, size: 'max' },
  );
}

/** The servers of one chat. */
export type Site = {
  readonly ports: () => readonly number[];
  restart(server: number): Promise<void>;
};

/** A message that a server has confirmed. */
export type Confirmed = {
  readonly sequence: number;
  readonly room: number;
  readonly text: string;
  readonly user: string;
};

/** A change of a message that a server has confirmed. */
export type ConfirmedChange = {
  readonly verb: (typeof changes)[number];
  readonly sequence: number;
  readonly target: number;
  /** Of an edit. */
  readonly text: string;
  /** Of a reaction. */
  readonly emoji: readonly string[];
  readonly server: number;
};

/** What a user has read of a room, as a server has confirmed. */
export type ConfirmedMark = { readonly user: string; readonly room: number; readonly sequence: number };

/** The users of a chat, what they were answered, and what their streams were sent. */
export type Traffic = {
  perform(steps: readonly Step[]): Promise<void>;
  /** Waits until every stream has been sent everything, and closes it. `end` is the newest sequence. */
  finish(): Promise<{ readonly sessions: readonly Session[]; readonly end: number }>;
  /** The head before. */
  readonly start: number;
  readonly confirmed: readonly Confirmed[];
  readonly changed: readonly ConfirmedChange[];
  readonly marks: readonly ConfirmedMark[];
  client(user: string, server?: number): RoomsClient;
  readonly close: () => void;
};

/** What the rules of rooms may answer. */
const rejections = new Set([
  status.NOT_FOUND,
  status.PERMISSION_DENIED,
  status.ALREADY_EXISTS,
  status.FAILED_PRECONDITION,
  status.INVALID_ARGUMENT,
  status.RESOURCE_EXHAUSTED,
]);

type Reader = {
  readonly user: string;
  readonly rooms: boolean;
  readonly server: number;
  readonly after: number;
  readonly headBefore: number;
  readonly gone: ReadonlySet<number>;
  readonly stream: RoomsStream | Subscription;
};

/** Connects these users, whose account ids are the values; each of them reads as a base client too. */
export async function startTraffic(site: Site, accounts: ReadonlyMap<string, string>): Promise<Traffic> {
  const users = [...accounts.keys()];
  const clients = new Map<string, RoomsClient>();
  const rooms: number[] = [lobby];
  const confirmed: Confirmed[] = [];
  const changed: ConfirmedChange[] = [];
  const marks: ConfirmedMark[] = [];
  const sessions: Session[] = [];
  const readers = new Map<string, Reader>();
  let count = 0;

  const pick = <Item>(items: readonly Item[], choice: number): Item => {
    const item = items[choice % items.length];
    if (item === undefined) throw new Error('nothing to choose from');
    return item;
  };
  const serverOf = (choice: number): number => choice % site.ports().length;
  const client = (user: string, choice = 0): RoomsClient => {
    const server = serverOf(choice);
    const key = `${user} ${server}`;
    const known = clients.get(key) ?? new RoomsClient(site.ports()[server] ?? 0, user);
    clients.set(key, known);
    return known;
  };

  const open = async (user: string, isRooms: boolean, choice: number, cursor?: number): Promise<void> => {
    const server = serverOf(choice);
    const reader = client(user, server);
    const deleted = changed.filter((change) => change.verb === 'delete' && change.server === server);
    const gone = new Set(deleted.map(({ target }) => target));
    const { upTo: headBefore, logId } = await reader.list();
    const after = cursor ?? headBefore;
    const resume = { 'log-id': logId, 'resume-after': String(after) };
    const stream = isRooms ? reader.follow(undefined, resume) : reader.subscribe(resume);
    await stream.opened();
    // A server that has not received everything yet knows no later cursor, and asks the reader to start again.
    if (stream.value('resumed') !== 'true') {
      stream.stream.cancel();
      if (headBefore >= after) throw new Error(`the cursor ${after} was not accepted at ${headBefore}`);
      await open(user, isRooms, server, cursor);
      return;
    }
    readers.set(`${user} ${isRooms}`, { user, rooms: isRooms, server, after, headBefore, gone, stream });
  };
  const cursorOf = ({ stream, after }: Reader): number =>
    Math.max(after, 'upTo' in stream ? stream.upTo() : (stream.messages().at(-1)?.sequence ?? 0));

  /** Ends a stream; returns the cursor. */
  const end = async (reader: Reader): Promise<number> => {
    const { user, rooms: isRooms, server, after, headBefore, gone, stream } = reader;
    readers.delete(`${user} ${isRooms}`);
    stream.stream.cancel();
    await stream.ended();
    const upTo = cursorOf(reader);
    const messages: readonly Message[] = stream.messages();
    const { upTo: headAfter } = await client(user, server).list();
    const account = accounts.get(user) ?? '';
    sessions.push({ account, rooms: isRooms, after, headBefore, headAfter, gone, messages, upTo });
    return upTo;
  };

  const reconnect = async (user: string, isRooms: boolean, server: number): Promise<void> => {
    const reader = readers.get(`${user} ${isRooms}`);
    if (reader) await open(user, isRooms, server, await end(reader));
  };

  /** Of one of the newest messages, so that several users change the same one. */
  const change = async (verb: ConfirmedChange['verb'], { user: who, server, room, other, flag }: Action) => {
    if (confirmed.length === 0) return;
    const { sequence: target, user: author } = pick(confirmed.slice(-4), room);
    const user = verb === 'react' || who % 4 === 0 ? pick(users, who) : author;
    const text = verb === 'edit' ? `text-${count++} edited` : '';
    const reactions = verb === 'react' ? emoji.filter((_, index) => (other & (1 << index)) !== 0) : [];
    const id = `change-${start}-${count++}`;
    const request = (choice: number): Promise<number> => {
      const by = client(user, choice);
      if (verb === 'edit') return by.edit(target, text, id);
      return verb === 'delete' ? by.delete(target, id) : by.react(target, reactions, id);
    };
    const sequence = await request(server);
    changed.push({ verb, sequence, target, text, emoji: reactions, server: serverOf(server) });
    if (!flag) return;
    const repeated = await request(server + 1);
    if (repeated !== sequence) throw new Error(`a repeat of ${sequence} is ${repeated}`);
  };

  const mark = async ({ user: who, server, room: where }: Action): Promise<void> => {
    const { room, sequence } = pick([{ room: lobby, sequence: 0 }, ...confirmed.slice(-20)], where);
    const user = pick(users, who);
    const by = client(user, server);
    // A user marks what it has received from the server.
    for (let upTo = 0; upTo < sequence;) ({ upTo } = await by.list());
    await by.mark(room, sequence);
    marks.push({ user, room, sequence });
  };

  const act = async (action: Action): Promise<void> => {
    const { verb, user: who, server, room: where, other: whom, flag } = action;
    const user = pick(users, who);
    const other = pick(users, whom);
    const room = pick(rooms, where);
    const by = client(user, server);
    const text = `text-${count++}`;
    const mentions = flag ? [whom % 3 === 0 ? mentionAll : other] : [];
    switch (verb) {
      case 'post':
        confirmed.push({ sequence: (await by.post(room, text, { mentions })).sequence, room, text, user });
        break;
      case 'send':
        confirmed.push({ sequence: await by.sendText(text), room: lobby, text, user });
        break;
      case 'create': {
        // Few names, so that some are taken.
        const name = `room-${whom % 20}`;
        const type = flag ? roomType.closed : roomType.open;
        const visible = where % 2 === 0 ? past.all : past.fromJoining;
        rooms.push((await by.create(name, { type, past: visible, members: [other] })).number);
        break;
      }
      case 'direct':
        rooms.push((await by.direct(other, ...(flag ? [pick(users, where)] : []))).number);
        break;
      case 'join':
      case 'leave':
        await by[verb](room);
        break;
      case 'invite':
      case 'remove':
        await by[verb](room, other);
        break;
      case 'topic':
        await by.update({ room, topic: text });
        break;
      case 'rename':
        await by.update({ room, name: `room-${whom % 20}` });
        break;
      case 'archive':
      case 'unarchive':
        await by.update({ room, archived: verb === 'archive' });
        break;
      case 'reconnect':
        await reconnect(user, flag, server);
        break;
      case 'mark':
        await mark(action);
        break;
      case 'edit':
      case 'delete':
      case 'react':
        await change(verb, action);
    }
  };
  const attempt = async (action: Action): Promise<void> => {
    try {
      await act(action);
    } catch (error) {
      if (!(error instanceof CallError && rejections.has(error.code))) throw error;
    }
  };
  const restart = async (choice: number): Promise<void> => {
    const server = serverOf(choice);
    const cut = [...readers.values()].filter((reader) => reader.server === server);
    const cursors: [Reader, number][] = [];
    for (const reader of cut) cursors.push([reader, await end(reader)]);
    for (const [key, known] of clients) {
      if (!key.endsWith(` ${server}`)) continue;
      known.close();
      clients.delete(key);
    }
    await site.restart(server);
    for (const [{ user, rooms: isRooms }, cursor] of cursors) await open(user, isRooms, server, cursor);
  };

  const { upTo: start } = await client(users[0] ?? '').list();
  for (const [index, user] of users.entries()) {
    for (const { number: room, own } of (await client(user, index).list()).rooms) {
      marks.push({ user, room, sequence: own?.readUpTo ?? 0 });
    }
    for (const isRooms of [true, false]) await open(user, isRooms, index);
  }

  return {
    client,
    start,
    confirmed,
    changed,
    marks,
    async perform(steps) {
      for (const step of steps) {
        if ('restart' in step) await restart(step.restart);
        else await Promise.all(step.map(attempt));
      }
    },
    async finish() {
      const [user = ''] = users;
      const last = await client(user).sendText('the last text');
      confirmed.push({ sequence: last, room: lobby, text: 'the last text', user });
      for (const reader of [...readers.values()]) {
        await reader.stream.until(() => cursorOf(reader) >= last || reader.stream.status !== undefined);
        const { status: ended } = reader.stream;
        const reached = await end(reader);
        if (reached < last)
          throw new Error(`a stream of ${reader.user} ended at ${reached}: ${ended?.details ?? 'open'}`);
      }
      return { sessions, end: last };
    },
    close() {
      for (const known of clients.values()) known.close();
    },
  };
}

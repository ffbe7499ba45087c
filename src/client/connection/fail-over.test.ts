import { expect, test, describe } from '@jest/globals';
import fc from 'fast-check';
import { ChatError, type ErrorCode } from '../../shared/errors.js';
import { contentType } from '../../shared/message.js';
import { failOver, type Endpoint, noServerError, shuffle } from './fail-over.js';
import type { Connection, Opened, Post } from './port.js';
import { fetchServerInfo } from './server-info.js';

const never = new AbortController().signal;
const draft = { id: '1', timestamp: 1, type: contentType.text, content: Uint8Array.of(65) };
const room = {
  number: 7,
  name: 'ops',
  topic: '',
  type: 0,
  past: 0,
  archived: false,
  memberCount: 1,
  participants: [],
  newest: 0,
  joined: true,
  role: 0,
};
const diskFull = new ChatError('store-unavailable', 'the disk is full');

/** Its subscriptions stay open, while all other calls fail with `failure`. */
function server(address: string, failure?: ChatError): Endpoint {
  const opened: Opened = {
    type: 'opened',
    logId: address,
    head: 0,
    resumed: false,
    maxTextBytes: undefined,
    maxImageBytes: undefined,
  };
  const call = <Value>(value: Value): Promise<Value> =>
    failure ? Promise.reject(failure) : Promise.resolve(value);
  const connection: Connection = {
    logId: address,
    async *subscribe(_, signal) {
      yield opened;
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    },
    send: () => call({ sequence: 1 }),
    async *postAll() {
      yield await call({ sequence: 1 });
    },
    history: () => call([]),
    historyAfter: () => call([]),
    async *search() {
      yield* await call([]);
    },
    mentions: () => call([]),
    async *usersOnline() {
      yield await call({ names: ['ada'] });
    },
    rooms: {
      messages: () => call([]),
      edit: () => call({ sequence: 1 }),
      delete: () => call({ sequence: 1 }),
      react: () => call({ sequence: 1 }),
      list: () => call({ upTo: 0, rooms: [room] }),
      browse: () => call({ items: [room], next: '' }),
      get: () => call(room),
      members: () => call({ items: [], next: '' }),
      create: () => call(room),
      direct: () => call(room),
      update: () => call(room),
      join: () => call(room),
      leave: () => call(undefined),
      invite: () => call(undefined),
      remove: () => call(undefined),
      mark: () => call(undefined),
      configure: () => call(undefined),
      typing: () => call(undefined),
      post: () => call({ sequence: 1 }),
      history: () => call([]),
      historyAfter: () => call([]),
      async *search() {
        yield* await call([]);
      },
    },
    close: () => undefined,
  };
  return { address, connection };
}

/** Two servers: the first has an open subscription but fails every other call. */
async function subscribed() {
  const room = failOver([server('a', diskFull), server('b')], () => 0);
  const ending = new AbortController();
  await room.subscribe(undefined, ending.signal)[Symbol.asyncIterator]().next();
  return { room, ending, nextServer: async () => (await fetchServerInfo(room, never)).server?.address };
}

const uses = {
  'a message': (room: Connection) => room.send(draft, never),
  'many messages': (room: Connection) => all(room.postAll(posts(), never)),
  'a page of history': (room: Connection) => room.history(0, 10, never),
  'a search': (room: Connection) => all(room.search('x', 0, 10, never)),
  'the list of rooms': ({ rooms }: Connection) => rooms.list(never),
  'a read mark': ({ rooms }: Connection) => rooms.mark(0, 1, never).then(() => true),
  'a notice of typing': ({ rooms }: Connection) =>
    rooms.typing({ room: 0, stopped: false }, never).then(() => true),
  'a room': ({ rooms }: Connection) => rooms.get('ops', never),
  'a change of a room': ({ rooms }: Connection) => rooms.update({ room: 7, topic: 'x' }, never),
  'a message to a room': ({ rooms }: Connection) => rooms.post({ room: 7, draft }, never),
  'a page of a room': ({ rooms }: Connection) => rooms.history(7, 0, 10, never),
  'a search in rooms': ({ rooms }: Connection) =>
    all(rooms.search({ text: 'x', rooms: [], before: 0, limit: 10 }, never)),
  'a list of online users': (room: Connection) => all(room.usersOnline(never)),
};

async function* posts(): AsyncGenerator<Post, void, void> {
  yield await Promise.resolve({ room: 0, draft });
}

async function all<Value>(values: AsyncIterable<Value>): Promise<Value[]> {
  const gathered: Value[] = [];
  for await (const value of values) gathered.push(value);
  return gathered;
}

test.each(Object.entries(uses))(
  'a failure of %s leaves the open subscription alone, and the next one uses another server',
  async (_, use) => {
    const { room, nextServer } = await subscribed();
    await expect(use(room)).rejects.toBe(diskFull);
    await expect(use(room)).rejects.toBe(diskFull);
    expect(room.logId).toBe('a');
    expect(await nextServer()).toBe('b');
    await expect(use(room)).resolves.toBeDefined();
  },
);

test.each(Object.entries(uses))(
  'after a failure of %s without a subscription the next call uses another server',
  async (_, use) => {
    const room = failOver([server('a', diskFull), server('b')], () => 0);
    await expect(use(room)).rejects.toBe(diskFull);
    await expect(use(room)).resolves.toBeDefined();
    expect(room.logId).toBe('b');
  },
);

test('a rejected message does not change the server', async () => {
  const refused = new ChatError('message-refused', 'the text is empty');
  const room = failOver([server('a', refused), server('b')], () => 0);
  await room.subscribe(undefined, never)[Symbol.asyncIterator]().next();
  await expect(room.send(draft, never)).rejects.toBe(refused);
  expect((await fetchServerInfo(room, never)).server?.address).toBe('a');
});

const failure = (address: string, code: ErrorCode, message: string, retryAfterMs = 0) => ({
  address,
  reason: new ChatError(code, message, { retryAfterMs }),
});

describe('the error if no server answers', () => {
  test('contains the reason of each server', () => {
    const error = noServerError([
      failure('a:1', 'unreachable', 'nothing is listening on a:1'),
      failure('b:1', 'timed-out', 'no answer within 3 s'),
    ]);
    expect(error.code).toBe('unreachable');
    expect(error.message).toBe('no server answers: nothing is listening on a:1; b:1: no answer within 3 s');
  });

  test('has the common code of all servers, and the shortest delay if all request one', () => {
    const busy = noServerError([
      failure('a:1', 'rate-limited', 'wait', 4000),
      failure('b:1', 'rate-limited', 'wait', 3000),
    ]);
    expect(busy).toMatchObject({ code: 'rate-limited', retryAfterMs: 3000 });
    const one = noServerError([
      failure('a:1', 'rate-limited', 'wait', 4000),
      failure('b:1', 'unreachable', 'no'),
    ]);
    expect(one).toMatchObject({ code: 'unreachable', retryAfterMs: undefined });
  });
});

const chance = () => fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

test('a shuffle keeps every item once', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.infiniteStream(chance()), (items, chances) => {
      const shuffled = shuffle(items, () => Number(chances.next().value));
      expect(shuffled.toSorted()).toEqual(items.toSorted());
    }),
  );
});

test('a shuffle puts each item first with equal probability', () => {
  const firsts = [0.1, 0.4, 0.9].map((value) => shuffle(['a', 'b', 'c'], () => value)[0]);
  expect(firsts).toEqual(['a', 'b', 'c']);
});

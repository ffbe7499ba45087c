import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, expect, test } from '@jest/globals';
import type { StreamAPI } from '@nats-io/jetstream';
import { decodeMessage, encodeUnsequenced } from '../../src/shared/codec.js';
import { messageKind } from '../../src/shared/message.js';
import type { StreamRequirements } from '../../src/server/logs/jetstream/stream-config.js';
import { openFoldedLog } from '../../src/server/rooms/open-folded-log.js';
import type { FoldedLog } from '../../src/server/rooms/folded-log.js';
import { lobbyPageKinds, removedKind, type Append } from '../../src/server/messages/message-log.js';
import { startServe, type ServerProcess } from '../chat-process.js';
import { startTcpProxy, type TcpProxy } from '../client/tcp-proxy.js';
import { change } from '../contract/changes.js';
import { text, textsOf } from '../contract/message-log.js';
import { describeWith } from '../require-tool.js';
import { runTool } from '../run-tool.js';
import { RoomsClient } from '../server/rooms-client.js';
import { portOf } from '../server/server-process.js';
import { manualClock, type ManualClock } from '../support/manual-clock.js';
import { startNats, stopAllNats, type NatsProcess } from './nats-server-process.js';
import { closeAllLogs, defaultRequirements, managerOf, openLogAt } from './shared-logs.js';

const { edit, delete: deletion, react } = messageKind;
const everything = 1e9;
/** Longer than messages remain in the stream after a change. */
const eraseMs = 11_000;
const pollMs = 20;

const servers: ServerProcess[] = [];
const clients: RoomsClient[] = [];
const proxies: TcpProxy[] = [];

/** A log as a server has it; it is not closed before the end of the test, as if the server were killed. */
async function openAt(
  address: string,
  clock: ManualClock,
  requirements: StreamRequirements = defaultRequirements,
): Promise<FoldedLog> {
  const log = await openLogAt(address, requirements, clock);
  const silent = { onUnusable: () => undefined, onNotSaved: () => undefined, onNotRead: () => undefined };
  return openFoldedLog({ log, state: log.roomState, clock, reports: silent });
}

/** The append with this time. */
function sentAt({ message, original, ...append }: Append, timestamp: number): Append {
  const timed = (bytes: Uint8Array) => encodeUnsequenced({ ...decodeMessage(bytes), timestamp });
  return { ...append, message: () => timed(message()), ...(original && { original: timed(original) }) };
}

const append = async (log: FoldedLog, one: Append): Promise<number> => (await log.append(one)).sequence;

/** What readers get of a log: the same from every server, and after every start. */
async function stateOf(log: FoldedLog) {
  await log.amended();
  const page = await log.readBefore(0, 50, everything, { room: 0, kinds: lobbyPageKinds });
  const all = await log.read(0, everything);
  return {
    oldest: log.oldest(),
    page: page.map(({ sequence, kind }) => [sequence, kind]),
    texts: textsOf(page),
    all: all.filter(({ kind }) => kind !== removedKind.change).map(({ sequence }) => sequence),
    bytes: page.map(({ bytes }) => Buffer.from(bytes).toString('hex')),
    reactions: [...(await log.reactions(0, 1, 99))],
    last: await log.readBefore(page[0]?.sequence ?? 0, 1, everything).then(textsOf),
  };
}

async function until(isTrue: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await isTrue())) await wait(pollMs);
}

const isErased = async (streams: StreamAPI, seq: number): Promise<boolean> =>
  (await streams.getMessage('CHAT', { seq })) === null;

/** Whether a file of NATS contains the text. */
function isOnDisk({ store }: NatsProcess, wanted: string): boolean {
  return runTool('grep', ['-rlaF', wanted, store]).status === 0;
}

describeWith(['nats-server'], 'changes of messages in a stream', () => {
  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    for (const server of servers) server.kill('SIGKILL');
    await Promise.all(servers.splice(0).map(({ ended }) => ended));
    await closeAllLogs();
    await Promise.all(proxies.splice(0).map((proxy) => proxy.close()));
    stopAllNats();
  });

  test.each<[string, StreamRequirements['keep']]>([
    ['without limits', undefined],
    ['with an age limit', { milliseconds: 90 * 24 * 60 * 60 * 1000 }],
    ['with a size limit', { bytes: 1_000_000_000 }],
  ])(
    'in a stream %s the erased messages at its beginning are kept as what they have become, also after a start',
    async (_, keep) => {
      const nats = await startNats();
      const clock = manualClock(Date.now());
      const requirements = { ...defaultRequirements, keep };
      const log = await openAt(nats.address, clock, requirements);
      const appendNow = (one: Append) => append(log, sentAt(one, clock.now()));
      for (const content of ['text one', 'text two', 'text three']) await appendNow(text(content));
      await appendNow(change(edit, 1, { content: 'first edit' }));
      await appendNow(change(edit, 1, { content: 'second edit' }));
      await appendNow(change(deletion, 2));
      await append(log, change(react, 3, { emoji: ['👍'] }));
      await append(log, change(react, 3, { emoji: ['🎉'], account: 'B' }));
      await append(log, change(react, 3, { emoji: ['👍', '👀'] }));
      const { streams } = await managerOf(nats.address);
      const before = await stateOf(log);
      expect(before).toMatchObject({ oldest: 1, texts: ['text three', '', 'second edit'] });
      expect(before.reactions).toEqual([
        [3, ['🎉', '👍', '👀'].map((emoji) => ({ emoji, names: ['ada'], count: 1 }))],
      ]);
      expect(isOnDisk(nats, 'text two')).toBe(true);

      await clock.advance(eraseMs);
      for (const sequence of [1, 2, 4, 7]) await until(() => isErased(streams, sequence));
      await until(() => ['text one', 'text two', 'first edit'].every((wanted) => !isOnDisk(nats, wanted)));
      expect((await streams.info('CHAT')).state).toMatchObject({ first_seq: 3, messages: 5, last_seq: 9 });
      expect(await stateOf(log)).toEqual(before);

      const later = await openAt(nats.address, clock, requirements);
      expect(await stateOf(later)).toEqual(before);
      await later.close();
      // The state of the rooms is saved now.
      const again = await openAt(nats.address, clock, requirements);
      expect(await stateOf(again)).toEqual(before);
      const sequence = await append(again, text('later'));
      await log.waitAfter(sequence - 1, new AbortController().signal);
      expect(await stateOf(log)).toEqual(await stateOf(again));
    },
  );

  test('a server that starts erases what a killed one has not', async () => {
    const nats = await startNats();
    const log = await openAt(nats.address, manualClock());
    await append(log, text('text one'));
    await append(log, change(deletion, 1));
    const clock = manualClock();
    await openAt(nats.address, clock);
    expect(isOnDisk(nats, 'text one')).toBe(true);
    await clock.advance(eraseMs);
    await until(() => !isOnDisk(nats, 'text one'));
  });

  test('a server that was away gets messages that were erased meanwhile', async () => {
    const nats = await startNats();
    const proxy = await startTcpProxy(Number(nats.address.split(':')[1]));
    proxies.push(proxy);
    const clock = manualClock();
    const here = await openAt(nats.address, clock);
    const there = await openAt(`127.0.0.1:${proxy.port}`, manualClock());
    const first = await append(here, text('before'));
    await there.waitAfter(first - 1, new AbortController().signal);
    proxy.freeze();
    for (const content of ['text two', 'text three', 'text four']) await append(here, text(content));
    await append(here, change(edit, 2, { content: 'edited' }));
    await append(here, change(deletion, 3));
    await here.amended();
    await clock.advance(eraseMs);
    const { streams } = await managerOf(nats.address);
    for (const sequence of [2, 3]) await until(() => isErased(streams, sequence));
    const delivered: number[] = [];
    there.onFolded(({ sequence }) => void delivered.push(sequence));
    proxy.thaw();
    proxy.cut();
    await there.waitAfter(here.head() - 1, new AbortController().signal);
    expect(delivered).toEqual([2, 3, 4, 5, 6]);
    expect(await stateOf(there)).toEqual(await stateOf(here));
  });

  test('changes of the same messages through two servers lead to the same state, and a killed server leaves no text', async () => {
    const nats = await startNats();
    const store = `nats://${nats.address}`;
    for (let count = 0; count < 2; count++) servers.push(await startServe(['--store', store, '--rate', '0']));
    const usersAt = (server: ServerProcess) =>
      ['user1', 'user2', 'user3'].map((user) => new RoomsClient(portOf(server), user));
    const [here, there] = servers.map(usersAt);
    if (!here || !there) throw new Error('two servers were started');
    clients.push(...here, ...there);
    const [ann, bob] = here;
    const [annThere, bobThere, carlThere] = there;
    if (!ann || !bob || !annThere || !bobThere || !carlThere) throw new Error('there are users');
    const { number: room } = await ann.create('room', { members: ['user2', 'user3'] });
    const { upTo: start, logId } = await ann.list();
    const posted = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        ann.post(room, `original text ${index}`, { mentions: ['user2'] }),
      ),
    );
    const calls = posted.flatMap(({ sequence }, index) => [
      ann.edit(sequence, `edit here ${index}`),
      annThere.edit(sequence, `edit there ${index}`),
      bob.react(sequence, ['👍']),
      bobThere.react(sequence, ['🎉', '👍']),
      carlThere.react(sequence, ['👀']),
      ...(index % 3 === 0 ? [annThere.delete(sequence)] : []),
    ]);
    await Promise.allSettled(calls);
    const deleted = posted.filter((_, index) => index % 3 === 0).map(({ sequence }) => sequence);
    const { sequence: secret } = await ann.post(room, 'the secret text', { mentions: ['user2'] });
    const last = await ann.delete(secret);
    servers[0]?.kill('SIGKILL');

    const server = await startServe(['--store', store, '--rate', '0']);
    servers.push(server);
    const [, bobLater] = usersAt(server);
    if (!bobLater) throw new Error('there are users');
    clients.push(bobLater);
    const viewOf = async (client: RoomsClient) => {
      const stream = client.follow({ logId, after: start });
      await stream.until(() => stream.upTo() >= last);
      stream.stream.cancel();
      return {
        page: (await client.history(room)).map((message) => ({
          ...message,
          content: Buffer.from(message.content).toString(),
        })),
        mentions: (await client.mentions()).map(({ sequence }) => sequence),
        unread: (await client.own(room)).unread,
        deletions: stream
          .messages()
          .flatMap(({ detail }) => (detail?.kind === deletion ? [detail.target] : []))
          .sort((one = 0, other = 0) => one - other),
      };
    };
    const view = await viewOf(bobThere);
    expect(view.deletions).toEqual([...deleted, secret]);
    expect(view.page.filter(({ detail }) => detail?.deleted).map(({ sequence }) => sequence)).toEqual(
      [...deleted, secret].toReversed(),
    );
    const kept = posted.map(({ sequence }) => sequence).filter((sequence) => !deleted.includes(sequence));
    expect(view.mentions).toEqual(kept.toReversed());
    expect(view.unread).toBe(kept.length);
    expect(await viewOf(bobLater)).toEqual(view);

    await until(() => !['the secret text', 'original text'].some((wanted) => isOnDisk(nats, wanted)));
    expect(await viewOf(bobThere)).toEqual(view);
    expect(await viewOf(bobLater)).toEqual(view);
  }, 90_000);
});

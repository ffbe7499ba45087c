import { randomBytes } from 'node:crypto';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, expect, test } from '@jest/globals';
import { connect } from '@nats-io/transport-node';
import { Kvm } from '@nats-io/kv';
import type { MessageLog } from '../../src/server/messages/message-log.js';
import { startTcpProxy, type TcpProxy } from '../client/tcp-proxy.js';
import { decodeText, encodeText } from '../../src/shared/text.js';
import { messageKind } from '../../src/shared/message.js';
import { findId, sequencesOf, text, textsOf } from '../contract/message-log.js';
import { describeWith } from '../require-tool.js';
import { startNats, stopAllNats } from './nats-server-process.js';
import { closeAllLogs, linkTo, managerOf, openLogAt, defaultRequirements } from './shared-logs.js';

const everything = 1e9;
const never = new AbortController().signal;
const proxies: TcpProxy[] = [];

const portOf = ({ address }: { address: string }): number => Number(address.split(':')[1]);

/** A connection to NATS that a test can break. */
async function proxyTo(nats: { address: string }): Promise<TcpProxy> {
  const proxy = await startTcpProxy(portOf(nats));
  proxies.push(proxy);
  return proxy;
}

/** Retries with the same id, as a client does. */
async function appendUntilAnswered(log: MessageLog, content: string): Promise<number> {
  for (;;) {
    try {
      return (await log.append(text(content, { id: content }))).sequence;
    } catch {
      await wait(50);
    }
  }
}

async function textsUpTo(log: MessageLog, sequence: number): Promise<string[]> {
  if (log.head() < sequence) await log.waitAfter(sequence - 1, never);
  return textsOf(await log.read(0, everything));
}

describeWith(['nats-server'], 'a log in JetStream under faults', () => {
  afterEach(async () => {
    await closeAllLogs();
    await Promise.all(proxies.splice(0).map((proxy) => proxy.close()));
    stopAllNats();
  });

  test('logs of two servers have the same log id, and the same bytes in the same order', async () => {
    const nats = await startNats();
    const [one, two] = [await openLogAt(nats.address), await openLogAt(nats.address)];
    const logs = [one, two] as const;
    const rooms = [0, 'new', 7, 7] as const;
    await Promise.all(
      Array.from({ length: 400 }, (_, index) => {
        const room = rooms[index % rooms.length] ?? 0;
        const kind = room === 'new' ? messageKind.room : messageKind.message;
        return (index % 3 === 0 ? one : two).append(text(`${index}`, { id: `${index}`, room, kind }));
      }),
    );
    await Promise.all(logs.map((log) => textsUpTo(log, 400)));
    const [first, second] = [await one.read(0, everything), await two.read(0, everything)];
    expect(first).toHaveLength(400);
    expect(second.map(({ bytes }) => Buffer.from(bytes))).toEqual(
      first.map(({ bytes }) => Buffer.from(bytes)),
    );
    const created = first.filter(({ kind }) => kind === messageKind.room);
    expect(created).toHaveLength(100);
    expect(created.every(({ room, sequence }) => room === sequence)).toBe(true);
    expect(one.logId).toBe(two.logId);
  });

  test('servers share the saved rooms; while NATS is away saving rejects, and when it is back it succeeds', async () => {
    const nats = await startNats();
    const [one, two] = [await openLogAt(nats.address), await openLogAt(nats.address)];
    await one.append(text('a room', { room: 'new', kind: messageKind.room }));
    await one.roomState.save(1, encodeText('one'));
    expect(decodeText((await two.roomState.load()) ?? new Uint8Array(0))).toBe('one');
    await nats.stop('SIGKILL');
    await expect(two.roomState.save(1, encodeText('two'))).rejects.toMatchObject({
      code: 'store-unavailable',
    });
    await nats.restart();
    for (const log of [one, two]) await appendUntilAnswered(log, 'after');
    await two.roomState.save(2, encodeText('two'));
    await one.roomState.save(1, encodeText('late'));
    expect(decodeText((await one.roomState.load()) ?? new Uint8Array(0))).toBe('two');
  });

  test('a stream that is created again gets no rooms of its predecessor', async () => {
    const nats = await startNats();
    const log = await openLogAt(nats.address);
    await log.append(text('a room', { room: 'new', kind: messageKind.room }));
    await log.roomState.save(1, encodeText('the rooms'));
    await (await managerOf(nats.address)).streams.delete('CHAT');
    const successor = await openLogAt(nats.address);
    await successor.append(text('another log'));
    expect(await successor.roomState.load()).toBeUndefined();
  });

  test('the bucket of rooms keeps one state in parts, and what a server left behind for a day', async () => {
    const nats = await startNats();
    const log = await openLogAt(nats.address);
    await log.append(text('one'));
    const { streams } = await managerOf(nats.address);
    const parts = async (): Promise<number> => (await streams.info('KV_CHAT_rooms')).state.messages;
    for (const upTo of [0, 0, 1]) await log.roomState.save(upTo, randomBytes(1_200_000));
    expect(await parts()).toBe(3);
    await log.roomState.save(1, encodeText('small'));
    expect(await parts()).toBe(1);
    const bucket = await new Kvm((await linkTo(nats.address)).connection).open('CHAT_rooms');
    await bucket.put(`${log.logId}.${'0'.repeat(64)}.1`, 'part');
    await log.roomState.save(1, randomBytes(1_200_000));
    await log.roomState.load();
    expect(await parts()).toBe(4);
  });

  test('a message over a lowered max_payload is rejected permanently, smaller ones are accepted', async () => {
    const nats = await startNats();
    const log = await openLogAt(nats.address);
    await log.append(text('before'));
    writeFileSync(nats.config, readFileSync(nats.config, 'utf8').replace('8MB', '64KB'));
    await nats.stop();
    await nats.restart();
    await appendUntilAnswered(log, 'small');
    const reportsBefore = [...log.reports];
    const large = text('x'.repeat(100_000), { id: 'large' });
    for (let tries = 0; tries < 2; tries++) {
      await expect(log.append(large)).rejects.toMatchObject({
        code: 'message-too-large',
        message: expect.stringContaining('max_payload'),
      });
      expect(log.storageProblem()).toBeUndefined();
    }
    expect(log.reports).toEqual(reportsBefore);
    await log.append(text('after'));
  });

  test('a message over a lowered max_msg_size of the stream is rejected permanently', async () => {
    const nats = await startNats();
    const log = await openLogAt(nats.address);
    const { streams } = await managerOf(nats.address);
    await streams.update(defaultRequirements.name, { max_msg_size: 1000 });
    await expect(log.append(text('x'.repeat(2000)))).rejects.toMatchObject({
      code: 'message-too-large',
      message: expect.stringContaining('max_msg_size'),
    });
    expect(log.storageProblem()).toBeUndefined();
    expect((await log.append(text('after'))).sequence).toBe(1);
    expect(log.reports).toEqual([]);
  });

  test('one message is stored if two servers append the same id at the same time', async () => {
    const nats = await startNats();
    const [one, two] = [await openLogAt(nats.address), await openLogAt(nats.address)];
    const both = await Promise.all([one, two].map((log) => log.append(text('once', { id: 'x' }))));
    expect(both.map(({ sequence }) => sequence)).toEqual([1, 1]);
    await one.append(text('next'));
    expect(await textsUpTo(two, 2)).toEqual(['once', 'next']);
    // The other server has seen it by now and answers from memory.
    expect(await findId(two, 'ada', 'x')).toBe(1);
  });

  test('while NATS is away appends are rejected and reads succeed; when it is back both succeed', async () => {
    const nats = await startNats();
    const log = await openLogAt(nats.address);
    await log.append(text('before'));
    const woken = log.waitAfter(1, never);
    await nats.stop('SIGKILL');
    await expect(log.append(text('away', { id: 'away' }))).rejects.toMatchObject({
      code: 'store-unavailable',
    });
    expect(log.storageProblem()).toBeDefined();
    expect(textsOf(await log.read(0, everything))).toEqual(['before']);
    expect(textsOf(await log.readBefore(0, 10, everything))).toEqual(['before']);

    await nats.restart();
    const sequence = await appendUntilAnswered(log, 'after');
    await woken;
    const texts = await textsUpTo(log, sequence);
    // The rejected message may have been stored nevertheless, but only once.
    expect(texts.filter((content) => content !== 'away')).toEqual(['before', 'after']);
    expect(log.storageProblem()).toBeUndefined();
    expect(log.reports[0]).toBe('unwritable');
    expect(log.reports.at(-1)).toBe('writable');
  });

  test('a message is published again under the same id if the answer of NATS was lost', async () => {
    const nats = await startNats();
    const proxy = await proxyTo(nats);
    const log = await openLogAt(`127.0.0.1:${proxy.port}`);
    const witness = await openLogAt(nats.address);
    await log.append(text('before'));
    proxy.loseAnswers();
    const appended = log.append(text('lost'));
    // NATS has the message, but the first server does not know that.
    await witness.waitAfter(1, never);
    proxy.thaw();
    proxy.cut();
    expect(await appended).toEqual({ sequence: 2, duplicate: false });
    await log.append(text('after'));
    expect(await textsUpTo(witness, 3)).toEqual(['before', 'lost', 'after']);
  });

  test('a log that was cut off from NATS shows the same order as the others', async () => {
    const nats = await startNats();
    const proxy = await proxyTo(nats);
    const cutOff = await openLogAt(`127.0.0.1:${proxy.port}`);
    const other = await openLogAt(nats.address);
    await cutOff.append(text('first'));
    proxy.freeze();
    const refused = cutOff.append(text('refused', { id: 'refused' }));
    for (let count = 0; count < 50; count++) await other.append(text(`other ${count}`));
    await expect(refused).rejects.toMatchObject({ code: 'store-unavailable' });
    expect(textsOf(await cutOff.read(0, everything))).toEqual(['first']);
    expect(cutOff.head()).toBe(1);

    proxy.thaw();
    proxy.cut();
    const sequence = await appendUntilAnswered(cutOff, 'refused');
    const last = (await other.append(text('last'))).sequence;
    const [mine, theirs] = [await textsUpTo(cutOff, last), await textsUpTo(other, last)];
    expect(mine).toEqual(theirs);
    expect(mine[sequence - 1]).toBe('refused');
    expect(mine.filter((content) => content === 'refused')).toHaveLength(1);
  });

  test('a log that NATS gives no consumer reports why, acknowledges nothing, and continues once it has one', async () => {
    const nats = await startNats({
      more: [
        'accounts { ROOM: { jetstream: { max_consumers: 1 }, users: [{ user: room, password: room }] } }',
        'no_auth_user: room',
      ].join('\n'),
    });
    const one = await openLogAt(nats.address);
    await one.append(text('first'));
    const two = await openLogAt(nats.address);
    await expect(two.append(text('unseen', { id: 'unseen' }))).rejects.toMatchObject({
      code: 'store-unavailable',
    });
    expect(two.reasons).toEqual([expect.stringMatching(/maximum consumers limit/)]);
    expect(two.storageProblem()).toBeDefined();

    await one.close();
    expect(await appendUntilAnswered(two, 'unseen')).toBe(2);
    expect(textsOf(await two.read(0, everything))).toEqual(['first', 'unseen']);
    expect(two.reports.at(-1)).toBe('writable');
  });

  test('foreign messages in the stream are left out', async () => {
    const nats = await startNats();
    const log = await openLogAt(nats.address);
    await log.append(text('one'));
    const manager = await managerOf(nats.address);
    const [subject = ''] = (await manager.streams.info('CHAT')).config.subjects;
    const stranger = await connect({ servers: [nats.address] });
    stranger.publish(subject, Uint8Array.of(255, 255, 255));
    await stranger.drain();
    await log.append(text('two'));
    expect(sequencesOf(await log.read(0, everything))).toEqual([1, 3]);
    const later = await openLogAt(nats.address);
    expect(sequencesOf(await later.readBefore(0, 10, everything))).toEqual([3, 1]);
  });

  test('messages that are no longer in memory are read from NATS, in both directions', async () => {
    const nats = await startNats();
    const log = await openLogAt(nats.address);
    const long = 'x'.repeat(15_000);
    await Promise.all(Array.from({ length: 1000 }, (_, index) => log.append(text(`${index} ${long}`))));
    const numbersIn = (texts: readonly string[]): number[] =>
      texts.map((content) => Number.parseInt(content));
    let all: number[] = [];
    for (let after = 0; after < 1000;) {
      const entries = await log.read(after, 256 * 1024);
      after = entries.at(-1)?.sequence ?? Infinity;
      all = [...all, ...numbersIn(textsOf(entries))];
    }
    expect(all).toEqual(Array.from({ length: 1000 }, (_, index) => index));
    const page = await log.readBefore(101, 100, everything);
    expect(numbersIn(textsOf(page))).toEqual(Array.from({ length: 100 }, (_, index) => 99 - index));
  });

  test.each(['with a new configuration', 'with the same configuration'])(
    'appends are rejected permanently if the stream was deleted and created again %s',
    async (how) => {
      const nats = await startNats();
      const log = await openLogAt(nats.address);
      await log.append(text('one'));
      await log.append(text('two'));
      const { streams } = await managerOf(nats.address);
      const { config } = await streams.info('CHAT');
      await streams.delete('CHAT');
      if (how === 'with the same configuration') await streams.add(config);
      const successor = await openLogAt(nats.address);
      expect(successor.logId).not.toBe(log.logId);
      await successor.append(text('another log'));

      await expect(log.append(text('three'))).rejects.toMatchObject({ code: 'store-unavailable' });
      while (!log.reports.includes('replaced')) await wait(50);
      expect(log.storageProblem()).toBeDefined();
      await expect(log.append(text('four'))).rejects.toThrow(/was replaced/);
      expect(textsOf(await log.read(0, everything))).toEqual(['one', 'two']);
      await successor.append(text('still its own'));
      expect(log.head()).toBe(2);
    },
  );

  test('appends are rejected permanently if NATS lost messages that were shown, and their successors stay hidden', async () => {
    const nats = await startNats();
    const log = await openLogAt(nats.address);
    for (const content of ['one', 'two', 'three']) await log.append(text(content));
    await nats.stop();
    const backup = `${nats.store}.backup`;
    cpSync(nats.store, backup, { recursive: true });
    await nats.restart();
    await appendUntilAnswered(log, 'four');
    await appendUntilAnswered(log, 'five');
    await nats.stop('SIGKILL');
    rmSync(nats.store, { recursive: true });
    cpSync(backup, nats.store, { recursive: true });
    await nats.restart();
    const other = await openLogAt(nats.address);
    for (let count = 4; count <= 9; count++) await appendUntilAnswered(other, `other ${count}`);

    while (!log.reports.includes('replaced')) await wait(50);
    await expect(log.append(text('six'))).rejects.toThrow(/was replaced/);
    expect(textsOf(await log.read(0, everything))).toEqual(['one', 'two', 'three', 'four', 'five']);
  });

  test('an unsuitable setting of NATS is named, with the value to set', async () => {
    const nats = await startNats({ maxPayload: '1MB' });
    await expect(openLogAt(nats.address)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(/1048576/),
      hint: expect.stringMatching(/max_payload: 8MB/),
    });
    const small = { ...defaultRequirements, maxContentBytes: 100_000 };
    await openLogAt(nats.address, small);
    await expect(openLogAt(nats.address, { ...small, replicas: 3 })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(/num_replicas 1/),
    });
    const { streams } = await managerOf(nats.address);
    await streams.update('CHAT', { duplicate_window: 60e9 });
    await expect(openLogAt(nats.address, small)).rejects.toThrow(/duplicate_window 60000000000/);
  });
});

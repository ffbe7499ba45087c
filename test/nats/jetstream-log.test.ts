import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import { pino } from 'pino';
import { messageKind, plainPlacement } from '../../src/shared/message.js';
import { identityOf, logIdOf } from '../../src/server/logs/jetstream/stream-config.js';
import { createStreamReader, storedEntries } from '../../src/server/logs/jetstream/stream-reader.js';
import { createMentionIndex } from '../../src/server/logs/mention-index.js';
import { createLogTail, createTailReader, type StoredEntries } from '../../src/server/logs/log-tail.js';
import {
  lobbyMessages,
  pageKinds,
  type MessageLog,
  type RoomFilter,
} from '../../src/server/messages/message-log.js';
import { openJetStreamLog } from '../../src/server/logs/jetstream/jetstream-log.js';
import { openNatsLink, type NatsLink } from '../../src/server/nats/nats-link.js';
import { parseNatsStore } from '../../src/server/nats/nats-store-options.js';
import { systemClock } from '../../src/shared/clock.js';
import { encodeUnsequenced } from '../../src/shared/codec.js';
import { maxContentBytes } from '../../src/shared/message-rules.js';
import { encodeText } from '../../src/shared/text.js';
import { describeChanges } from '../contract/changes.js';
import {
  appendMany,
  appendToRooms,
  describeMessageLog,
  expectRoomCounts,
  expectRooms,
  sequencesOf,
  text,
  textsOf,
} from '../contract/message-log.js';
import { describeRoomState, type RoomLogFactory } from '../contract/room-state.js';
import { describeWith } from '../require-tool.js';
import { startNats, stopAllNats, type NatsProcess } from './nats-server-process.js';

const messagesOf = (room: number): RoomFilter => ({ room, kinds: [messageKind.message] });
const requirements = { name: 'CHAT', replicas: undefined, keep: undefined, maxContentBytes: 4_000_000 };
const silent = {
  onUnwritable: () => undefined,
  onWritable: () => undefined,
  onReplaced: () => undefined,
  onNotErased: () => undefined,
};

describeWith(['nats-server'], 'openJetStreamLog', () => {
  let nats: NatsProcess;
  let links: NatsLink[] = [];
  const logs: MessageLog[] = [];

  beforeAll(async () => {
    nats = await startNats();
  });
  afterEach(async () => {
    await Promise.all(logs.splice(0).map((log) => log.close()));
    await Promise.all(links.map((link) => link.close()));
    links = [];
  });
  afterAll(stopAllNats);

  const connect = async ({ address } = nats): Promise<NatsLink> => {
    const link = await openNatsLink(parseNatsStore(`nats://${address}`), pino({ level: 'silent' }));
    links.push(link);
    return link;
  };

  test('a stream of an earlier version keeps its messages and accepts the larger ones of this version', async () => {
    const link = await connect();
    const log = await openJetStreamLog({ link, requirements, clock: systemClock, reports: silent });
    const text = encodeUnsequenced({
      id: '',
      from: 'ann',
      timestamp: 1,
      type: 1,
      content: encodeText('kept'),
    });
    await log.append({ message: () => text, author: 'ann', id: '', ...plainPlacement });
    await log.close();
    const { streams } = await jetstreamManager(link.connection);
    const { config } = await streams.info('CHAT');
    await streams.update('CHAT', { ...config, max_msg_size: 4_132_864 });

    const wider = { ...requirements, maxContentBytes };
    const again = await openJetStreamLog({ link, requirements: wider, clock: systemClock, reports: silent });
    expect((await streams.info('CHAT')).config.max_msg_size).toBe(maxContentBytes + 4096);
    expect(again.logId).toBe(log.logId);
    expect(await again.read(0, Infinity)).toHaveLength(1);
    await again.close();
    await streams.delete('CHAT');
  });

  /** Starts a NATS with the stream that the last version without rooms wrote. */
  async function startWithStreamBeforeRooms(): Promise<NatsProcess> {
    const old = await startNats();
    const manager = await jetstreamManager((await connect(old)).connection);
    await manager.streams.add({ name: 'OTHER', subjects: ['other'] });
    await Promise.all(links.splice(0).map((link) => link.close()));
    await old.stop();
    const folder = join(import.meta.dirname, 'stream-before-rooms');
    cpSync(folder, join(old.store, 'jetstream', '$G', 'streams', 'CHAT'), { recursive: true });
    await old.restart();
    return old;
  }

  test('a stream from before there were rooms keeps its messages and log id, and gets the subjects of rooms', async () => {
    const link = await connect(await startWithStreamBeforeRooms());
    const { streams } = await jetstreamManager(link.connection);
    const before = await streams.info('CHAT');
    const log = await openJetStreamLog({ link, requirements, clock: systemClock, reports: silent });
    logs.push(log);
    const { config } = await streams.info('CHAT');
    const [subject = ''] = before.config.subjects;
    expect(before.config).toMatchObject({ subjects: [subject], deny_delete: true });
    expect(config).toMatchObject({ subjects: [subject, `${subject}.>`], deny_delete: true });
    expect(log.logId).toBe(logIdOf(identityOf(before)));
    expect(textsOf(await log.read(0, Infinity, lobbyMessages))).toEqual(
      Array.from({ length: 12 }, (_, index) => `message ${index + 1}`),
    );
    await log.append(text('in a room', { room: 13 }));
    await log.append(text('in the lobby'));
    expect(textsOf(await log.readBefore(0, 2, Infinity, lobbyMessages))).toEqual([
      'in the lobby',
      'message 12',
    ]);
    expect(textsOf(await log.read(0, Infinity, messagesOf(13)))).toEqual(['in a room']);
  });

  describe('rooms in a stream', () => {
    let link: NatsLink;
    let log: MessageLog;
    let manager: JetStreamManager;
    let subject: string;

    beforeEach(async () => {
      link = await connect();
      log = await openJetStreamLog({ link, requirements, clock: systemClock, reports: silent });
      manager = await jetstreamManager(link.connection);
      [subject = ''] = (await manager.streams.info('CHAT')).config.subjects;
    });
    afterEach(async () => {
      await log.close();
      await manager.streams.delete('CHAT');
    });

    /** In groups, since a busy machine takes more than the time limit of an append for all at once. */
    const fill = async (count: number): Promise<void> => {
      for (let added = 0; added < count; added += 500) await appendMany(log, 500);
    };

    /** Reads the stream with nothing in memory, and counts the requests. */
    const readerOf = () => {
      let requests = 0;
      const { direct, streams } = manager;
      const counted = {
        direct: {
          ...direct,
          getMessage: (...query: Parameters<typeof direct.getMessage>) => (
            requests++,
            direct.getMessage(...query)
          ),
        },
        streams,
      } as Pick<JetStreamManager, 'direct' | 'streams'>;
      const read = createStreamReader(counted, 'CHAT', subject);
      const head = log.head();
      const tail = createLogTail({ head, oldest: 1, newest: [] });
      const entries: StoredEntries['read'] = async (range) => (await read(range)).map(({ entry }) => entry);
      const reader = createTailReader(tail, storedEntries(entries, createMentionIndex()));
      return { reader, requests: () => requests };
    };

    test('a new stream allows to delete messages, and has a subject for each room', async () => {
      await appendToRooms(log);
      const { config, state } = await manager.streams.info('CHAT', { subjects_filter: '>' });
      expect(config.deny_delete).toBe(false);
      expect(state.subjects).toEqual({
        [subject]: 3,
        [`${subject}.state.new`]: 2,
        [`${subject}.state.2`]: 1,
        [`${subject}.change.0`]: 1,
        [`${subject}.change.2`]: 1,
        [`${subject}.room.2`]: 3,
        [`${subject}.room.6`]: 1,
      });
    });

    test('rooms are read from NATS as from memory', async () => {
      await appendToRooms(log);
      const { reader } = readerOf();
      await expectRooms(reader);
      await expectRoomCounts(reader);
    });

    test('a page of a room takes few requests, however little of the stream that room is', async () => {
      await log.append(text('created', { room: 'new', kind: messageKind.room }));
      for (let part = 0; part < 3; part++) {
        await fill(2000);
        await log.append(text(`part ${part}`, { room: 1 }));
      }
      await fill(2000);
      const { reader, requests } = readerOf();
      const of = { room: 1, kinds: pageKinds };
      const page = await reader.readBefore(0, 9, Infinity, of);
      expect(textsOf(page)).toEqual(['part 2', 'part 1', 'part 0', 'created']);
      expect(textsOf(await reader.read(0, Infinity, of))).toEqual(['created', 'part 0', 'part 1', 'part 2']);
      expect(await reader.count(1, 9, Infinity, of)).toBe(3);
      expect(requests()).toBeLessThan(300);
      expect(textsOf(await reader.readBefore(0, 9, Infinity, messagesOf(1)))).toEqual([
        'part 2',
        'part 1',
        'part 0',
      ]);
      expect(textsOf(await reader.read(0, Infinity, messagesOf(1)))).toEqual(['part 0', 'part 1', 'part 2']);
      expect(await reader.readBefore(0, 100, Infinity, lobbyMessages)).toHaveLength(100);
    });

    test('many messages of a room that follow each other are read after a long distance', async () => {
      await fill(3000);
      for (let count = 0; count < 100; count++) await log.append(text(`${count}`, { room: 1 }));
      await fill(3000);
      const { reader } = readerOf();
      const all = Array.from({ length: 100 }, (_, index) => `${index}`);
      expect(textsOf(await reader.read(0, Infinity, messagesOf(1)))).toEqual(all);
      expect(textsOf(await reader.readBefore(0, 60, Infinity, messagesOf(1)))).toEqual(
        all.toReversed().slice(0, 60),
      );
    });

    test('an entry under the subject of another room, or of a later version, is left out', async () => {
      await log.append(text('one'));
      const { connection } = link;
      connection.publish(`${subject}.room.2`, text('for room 3', { room: 3 }).message());
      connection.publish(subject, text('for room 3', { room: 3 }).message());
      connection.publish(`${subject}.later`, text('of a later version').message());
      await log.append(text('two'));
      expect(sequencesOf(await log.read(0, Infinity))).toEqual([1, 5]);
      expect(sequencesOf(await readerOf().reader.read(0, Infinity))).toEqual([1, 5]);
      expect(log.storageProblem()).toBeUndefined();
    });
  });

  const factory: RoomLogFactory = {
    async open(options) {
      return openJetStreamLog({ link: await connect(), requirements, reports: silent, ...options });
    },
    async cleanUp() {
      const manager = await jetstreamManager((await connect()).connection);
      await manager.streams.delete('CHAT');
    },
  };
  describeMessageLog('JetStream log', true, factory);
  describeChanges('JetStream log', true, factory);
  describeRoomState('JetStream log', factory);
});

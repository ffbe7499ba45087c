import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { jetstreamManager } from '@nats-io/jetstream';
import { pino } from 'pino';
import { openJetStreamLog } from '../../src/server/logs/jetstream/jetstream-log.js';
import { openNatsLink, type NatsLink } from '../../src/server/nats/nats-link.js';
import { parseNatsStore } from '../../src/server/nats/nats-store-options.js';
import { systemClock } from '../../src/shared/clock.js';
import { encodeUnsequenced } from '../../src/shared/codec.js';
import { maxContentBytes } from '../../src/shared/message-rules.js';
import { encodeText } from '../../src/shared/text.js';
import { describeMessageLog } from '../contract/message-log.js';
import { describeWith } from '../require-tool.js';
import { startNats, stopAllNats, type NatsProcess } from './nats-server-process.js';

const requirements = { name: 'CHAT', replicas: undefined, keep: undefined, maxContentBytes: 4_000_000 };
const silent = { onUnwritable: () => undefined, onWritable: () => undefined, onReplaced: () => undefined };

describeWith(['nats-server'], 'openJetStreamLog', () => {
  let nats: NatsProcess;
  let links: NatsLink[] = [];

  beforeAll(async () => {
    nats = await startNats();
  });
  afterEach(async () => {
    await Promise.all(links.map((link) => link.close()));
    links = [];
  });
  afterAll(stopAllNats);

  const connect = async (): Promise<NatsLink> => {
    const link = await openNatsLink(parseNatsStore(`nats://${nats.address}`), pino({ level: 'silent' }));
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
    await log.append({ message: () => text, author: 'ann', id: '' });
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

  describeMessageLog('JetStream log', true, {
    async open(options) {
      return openJetStreamLog({ link: await connect(), requirements, reports: silent, ...options });
    },
    async cleanUp() {
      const manager = await jetstreamManager((await connect()).connection);
      await manager.streams.delete('CHAT');
    },
  });
});

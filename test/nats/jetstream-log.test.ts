import { afterAll, afterEach, beforeAll } from '@jest/globals';
import { jetstreamManager } from '@nats-io/jetstream';
import { pino } from 'pino';
import { openJetStreamLog } from '../../src/server/logs/jetstream/jetstream-log.js';
import { openNatsLink, type NatsLink } from '../../src/server/nats/nats-link.js';
import { parseNatsStore } from '../../src/server/nats/nats-store-options.js';
import { describeMessageLog } from '../contract/message-log.js';
import { describeWith } from '../require-tool.js';
import { startNats, stopAllNats, type NatsProcess } from './nats-server-process.js';

const requirements = { name: 'CHAT', replicas: undefined, keep: undefined, maxContent: 4_000_000 };
const silent = { onUnwritable: () => undefined, onWritable: () => undefined, onReplaced: () => undefined };

describeWith(['nats-server'], 'a log in JetStream', () => {
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

  describeMessageLog('JetStream', true, {
    async open(clock) {
      return openJetStreamLog({ link: await connect(), requirements, clock, reports: silent });
    },
    async cleanUp() {
      const manager = await jetstreamManager((await connect()).connection);
      await manager.streams.delete('CHAT');
    },
  });
});

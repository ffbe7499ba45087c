import { afterEach, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { decodeMessages } from '../../src/shared/codec.js';
import type { RunningServer } from '../../src/server/app/server-options.js';
import { startServer } from '../../src/server/app/start-server.js';
import { parseNatsStore } from '../../src/server/nats/nats-store-options.js';
import { answersFor, expectConsistent } from '../rooms/answers.js';
import type { LoggedEntry } from '../rooms/model.js';
import { anyTraffic, startTraffic, trafficRuns } from '../rooms/traffic.js';
import { describeWith } from '../require-tool.js';
import { accountId } from '../server/data-with-messages.js';
import { testOptions } from '../server/test-server.js';
import { startNats, stopAllNats } from './nats-server-process.js';
import { closeAllLogs, openLogAt } from './shared-logs.js';

/** Demo users, whose ids are always the same. */
const accounts = new Map(['user1', 'user2', 'user3', 'user4'].map((name, index) => [name, accountId(index)]));
const serverCount = 2;
/** The log that this test reads lacks the changes that others replaced, which are erased from the stream. */
const hasChanges = false;

const servers: RunningServer[] = [];

describeWith(['nats-server'], 'two servers that share rooms over NATS', () => {
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.stop()));
    await closeAllLogs();
    stopAllNats();
  });

  test('every stream and answer of random users in random rooms is what the log says, at both servers', async () => {
    const nats = await startNats();
    const options = { ...testOptions, store: parseNatsStore(`nats://${nats.address}`), demoUsers: true };
    for (let count = 0; count < serverCount; count++) servers.push(await startServer(options));
    const log = await openLogAt(nats.address);
    const entries = async (head: number): Promise<LoggedEntry[]> => {
      const read: LoggedEntry[] = [];
      for (let last = 0; last < head;) {
        for (const { sequence, bytes } of await log.read(last, 1e9)) {
          read.push(...decodeMessages(bytes).map((message) => ({ sequence, message })));
          last = sequence;
        }
      }
      return read;
    };
    const site = {
      ports: () => servers.map(({ port }) => port),
      async restart(index: number) {
        await servers[index]?.stop();
        servers[index] = await startServer(options);
      },
    };
    // Each run continues with the rooms of the runs before it.
    const run = fc.asyncProperty(anyTraffic({ hasChanges }), async (steps) => {
      const traffic = await startTraffic(site, accounts);
      try {
        await traffic.perform(steps);
        const { sessions, end } = await traffic.finish();
        const { confirmed, changed, marks } = traffic;
        const asked = [...accounts].map(([name, account], index) =>
          answersFor(traffic.client(name, index), account, end, traffic),
        );
        const answers = await Promise.all(asked);
        const experience = { accounts, confirmed, changed, marks, sessions, answers };
        expectConsistent(await entries(end), experience);
      } finally {
        traffic.close();
      }
    });
    await fc.assert(run, { numRuns: trafficRuns / 2 });
    expect.hasAssertions();
  });
});

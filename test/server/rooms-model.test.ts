import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { join } from 'node:path';
import { decodeMessages } from '../../src/shared/codec.js';
import { startServer } from '../../src/server/app/start-server.js';
import type { ServerOptions } from '../../src/server/app/server-options.js';
import { answersFor, expectConsistent } from '../rooms/answers.js';
import type { LoggedEntry } from '../rooms/model.js';
import { anyTraffic, startTraffic, trafficRuns } from '../rooms/traffic.js';
import {
  accountId,
  appendInvisible,
  cheapHashing,
  dataWithUsers,
  openStoredLog,
} from './data-with-messages.js';
import { testOptions } from './test-server.js';

const users = ['ann', 'bob', 'cat', 'dan'];
const accounts = new Map(users.map((name, index) => [name, accountId(index)]));

/** After a restart, so that most answers come from the disk, and some partly from memory. */
const tailLimits = { maxBytes: Infinity, maxCount: 5 };

async function entriesIn(dataDirectory: string): Promise<LoggedEntry[]> {
  const log = await openStoredLog(join(dataDirectory, 'log'));
  const entries = await log.read(0, 1e9);
  await log.close();
  return entries.flatMap(({ sequence, bytes }) =>
    decodeMessages(bytes).map((message) => ({ sequence, message })),
  );
}

test('every stream and answer of random users in random rooms is what the log says, also after restarts', async () => {
  const run = fc.asyncProperty(anyTraffic({ hasChanges: true }), async (steps) => {
    const dataDirectory = await dataWithUsers(users);
    const options: ServerOptions = {
      ...testOptions,
      store: 'embedded',
      dataDirectory,
      hashing: cheapHashing,
    };
    let server = await startServer(options);
    const site = {
      ports: () => [server.port],
      async restart() {
        await server.stop();
        await appendInvisible(join(dataDirectory, 'log'));
        server = await startServer({ ...options, tailLimits });
      },
    };
    const traffic = await startTraffic(site, accounts);
    try {
      await traffic.perform(steps);
      const { sessions, end } = await traffic.finish();
      const { confirmed, changed, marks } = traffic;
      const answers = await Promise.all(
        [...accounts].map(([name, account]) => answersFor(traffic.client(name), account, end, traffic)),
      );
      traffic.close();
      await server.stop();
      const experience = { accounts, confirmed, changed, marks, sessions, answers };
      expectConsistent(await entriesIn(dataDirectory), experience);
    } finally {
      traffic.close();
      await server.stop();
    }
  });
  await fc.assert(run, { numRuns: trafficRuns });
  expect.hasAssertions();
});

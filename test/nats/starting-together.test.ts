import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { plainPlacement } from '../../src/shared/message.js';
import { addUser } from '../../src/server/accounts/change-accounts.js';
import { scryptHashing } from '../../src/server/accounts/password-hash.js';
import { openAccountBucket } from '../../src/server/nats/account-bucket.js';
import { withCreationLock } from '../../src/server/nats/creation-lock.js';
import type { NatsLink } from '../../src/server/nats/nats-link.js';
import { describeWith } from '../require-tool.js';
import { startNats, startNatsCluster, stopAllNats, type NatsProcess } from './nats-server-process.js';
import { closeAllLogs, linkTo, openLogAt, defaultRequirements } from './shared-logs.js';

/** In turn: simultaneous rounds fail less often. Without the creation lock about every second failed (nats-server 2.9.10). */
const rounds = 3;
const cheap = scryptHashing({ logN: 1, r: 1, p: 1 });

describeWith(['nats-server'], 'servers of one room that start together', () => {
  let nodes: readonly NatsProcess[];

  beforeAll(async () => {
    nodes = await startNatsCluster();
  });
  afterEach(closeAllLogs);
  afterAll(stopAllNats);

  const links = (): Promise<NatsLink[]> => Promise.all(nodes.map(({ address }) => linkTo(address)));

  test('servers of a NATS cluster share one log, whichever of them creates it', async () => {
    for (let round = 1; round <= rounds; round++) {
      const requirements = { ...defaultRequirements, name: `ROOM${round}`, replicas: 3 };
      const logs = await Promise.all(nodes.map(({ address }) => openLogAt(address, requirements)));
      expect(new Set(logs.map(({ logId }) => logId)).size).toBe(1);
      await Promise.all(
        logs.map((log, index) =>
          log.append({
            message: () => new Uint8Array([1]),
            author: `user${index}`,
            id: '',
            ...plainPlacement,
          }),
        ),
      );
      const { signal } = new AbortController();
      await Promise.all(logs.map((log) => log.waitAfter(2, signal)));
      expect(logs.map(({ reports }) => reports)).toEqual([[], [], []]);
      await closeAllLogs();
    }
  }, 120_000);

  test('servers of a single NATS share one log, although it rejects a second creation', async () => {
    const { address } = await startNats();
    const logs = await Promise.all([1, 2, 3].map(() => openLogAt(address)));
    expect(new Set(logs.map(({ logId }) => logId)).size).toBe(1);
  });

  test('servers share one accounts bucket, and do not request its creation at once', async () => {
    const [witness, ...others] = await links();
    const requests = new Map<string, { readonly by: string; readonly at: number }>();
    const clashes: string[] = [];
    witness?.connection.subscribe('$JS.API.STREAM.CREATE.*', {
      callback(_, { subject, reply = '' }) {
        const now = { by: reply.split('.', 2).join('.'), at: performance.now() };
        const before = requests.get(subject);
        // A server without a timely answer leaves the creation to another one.
        if (before && before.by !== now.by && now.at - before.at < 1000) clashes.push(subject);
        requests.set(subject, now);
      },
    });
    await witness?.connection.flush();
    for (let round = 1; round <= rounds; round++) {
      const stores = await Promise.all(
        others.map((link) => openAccountBucket(link, { stream: `ROOM${round}`, replicas: 3 })),
      );
      for (const [index, store] of stores.entries())
        await addUser(store, { name: `user${index}`, password: 'long enough' }, cheap);
      const snapshots = await Promise.all(stores.map((store) => store.read()));
      for (const { accounts } of snapshots)
        expect(accounts.map(({ name }) => name)).toEqual(['user0', 'user1']);
    }
    expect({ clashes, requests: requests.size }).toEqual({ clashes: [], requests: rounds });
  }, 120_000);

  test('servers create one after the other, and after a failure the next one tries', async () => {
    let running = 0;
    let maxRunning = 0;
    let calls = 0;
    const create = async (): Promise<void> => {
      maxRunning = Math.max(maxRunning, ++running);
      await wait(20);
      running--;
      if (++calls === 1) throw new Error('fails');
    };
    const turn = async ({ connection }: NatsLink): Promise<void> => {
      for (;;) {
        try {
          await withCreationLock(connection, 'thing', create);
          return;
        } catch {
          await wait(10);
        }
      }
    };
    await Promise.all((await links()).map(turn));
    expect({ calls, maxRunning }).toEqual({ calls: 4, maxRunning: 1 });
  }, 60_000);
});

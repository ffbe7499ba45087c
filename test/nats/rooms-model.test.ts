import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { decodeMessages } from '../../src/shared/codec.js';
import { messageKind, plainPlacement } from '../../src/shared/message.js';
import type { MessageLog } from '../../src/server/messages/message-log.js';
import type { RunningServer } from '../../src/server/app/server-options.js';
import { startServer } from '../../src/server/app/start-server.js';
import { parseNatsStore } from '../../src/server/nats/nats-store-options.js';
import { answersFor, expectConsistent } from '../rooms/answers.js';
import { modelOf, type LoggedEntry } from '../rooms/model.js';
import { anyTraffic, startTraffic, trafficRuns } from '../rooms/traffic.js';
import { describeWith } from '../require-tool.js';
import { accountId } from '../server/data-with-messages.js';
import { testOptions } from '../server/test-server.js';
import { startNats, stopAllNats } from './nats-server-process.js';
import { closeAllLogs, openLogAt } from './shared-logs.js';

/** Demo users, whose ids are always the same. */
const accounts = new Map(['user1', 'user2', 'user3', 'user4'].map((name, index) => [name, accountId(index)]));
const serverCount = 2;

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
    const recording = record(await openLogAt(nats.address));
    const site = {
      ports: () => servers.map(({ port }) => port),
      async restart(index: number) {
        await servers[index]?.stop();
        servers[index] = await startServer(options);
      },
    };
    // Each run continues with the rooms of the runs before it.
    const run = fc.asyncProperty(anyTraffic({ hasChanges: true }), async (steps) => {
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
        expectConsistent(withRemovals(await recording.upTo(end)), experience);
      } finally {
        traffic.close();
      }
    });
    try {
      await fc.assert(run, { numRuns: trafficRuns / 2 });
    } finally {
      await recording.stop();
    }
    expect.hasAssertions();
  });
});

/** Keeps entries as they arrive, since servers erase from the stream what was replaced or deleted. */
function record(log: MessageLog) {
  const entries: LoggedEntry[] = [];
  const stopping = new AbortController();
  let read = 0;
  const recordAll = async (): Promise<void> => {
    for (;;) {
      await log.waitAfter(read, stopping.signal);
      for (const { sequence, bytes } of await log.read(read, 1e9)) {
        entries.push(...decodeMessages(bytes).map((message) => ({ sequence, message })));
        read = sequence;
      }
    }
  };
  const ended = recordAll().catch((error: unknown) => {
    if (!stopping.signal.aborted) throw error;
  });
  return {
    async upTo(head: number): Promise<readonly LoggedEntry[]> {
      while (read < head) await Promise.race([wait(10), ended]);
      return entries.filter(({ sequence }) => sequence <= head);
    },
    async stop(): Promise<void> {
      stopping.abort();
      await ended;
    },
  };
}

/** The entries as a store has them that keeps the place of what was replaced or deleted. */
function withRemovals(entries: readonly LoggedEntry[]): readonly LoggedEntry[] {
  const model = modelOf(entries);
  const removed = new Set<number>();
  /** The changes of each message; by their kind, and for reactions by their sender too. */
  const newest = new Map<number, Map<string, number>>();
  for (const { sequence, message } of entries) {
    const { kind = messageKind.message, target = 0 } = message.detail ?? {};
    if (!model.isValid(sequence) || target === 0 || kind === messageKind.message) continue;
    const changes = newest.get(target) ?? new Map<string, number>();
    newest.set(target, changes);
    const key = kind === messageKind.react ? `react ${message.from}` : String(kind);
    const replaced =
      kind === messageKind.delete ? [target, ...changes.values()] : [changes.get(key)].filter(isDefined);
    for (const one of replaced) removed.add(one);
    changes.set(key, sequence);
  }
  return entries.map((entry) => {
    const { sequence, message } = entry;
    if (!removed.has(sequence)) return entry;
    const detail = { ...(message.detail ?? plainPlacement), emoji: [], deleted: true };
    return { sequence, message: { ...message, content: new Uint8Array(0), detail } };
  });
}

function isDefined(value: number | undefined): value is number {
  return value !== undefined;
}

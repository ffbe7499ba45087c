import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import { setTimeout as wait } from 'node:timers/promises';
import { pino } from 'pino';
import { systemClock, type Clock } from '../../src/shared/clock.js';
import { thrownMessage } from '../../src/shared/thrown-message.js';
import { openJetStreamLog, type JetStreamLog } from '../../src/server/logs/jetstream/jetstream-log.js';
import type { StreamRequirements } from '../../src/server/logs/jetstream/stream-config.js';
import { openNatsLink, type NatsLink } from '../../src/server/nats/nats-link.js';
import { parseNatsStore } from '../../src/server/nats/nats-store-options.js';
import type { NatsProcess } from './nats-server-process.js';

export const defaultRequirements: StreamRequirements = {
  name: 'CHAT',
  replicas: undefined,
  keep: undefined,
  maxContentBytes: 4_000_000,
};

const opened: (() => Promise<void>)[] = [];

/** Closes the logs and connections of a test; for `afterEach`. */
export async function closeAllLogs(): Promise<void> {
  for (const close of opened.splice(0).reverse()) await close();
}

/** A new connection to the NATS at `address`. */
export async function linkTo(address: string): Promise<NatsLink> {
  const link = await openNatsLink(parseNatsStore(`nats://${address}`), pino({ level: 'silent' }));
  opened.push(() => link.close());
  return link;
}

export async function managerOf(address: string): Promise<JetStreamManager> {
  return jetstreamManager((await linkTo(address)).connection);
}

const leaderDelayMs = 50;

/** The NATS server that leads the stream. */
export async function leaderOf(nats: readonly NatsProcess[], stream: string): Promise<NatsProcess> {
  const { streams } = await managerOf(nats[0]?.address ?? '');
  for (;;) {
    const { cluster } = await streams.info(stream);
    const leader = nats.find(({ name }) => name === cluster?.leader);
    if (leader) return leader;
    await wait(leaderDelayMs);
  }
}

/** A log with the reports to its operator. */
export type ReportedLog = JetStreamLog & {
  readonly reports: readonly string[];
  /** The reason of each `unwritable` report. */
  readonly reasons: readonly string[];
};

/** The room's log as one of its servers opens it, over a new connection. */
export async function openLogAt(
  address: string,
  requirements = defaultRequirements,
  clock: Clock = systemClock,
): Promise<ReportedLog> {
  const reports: string[] = [];
  const reasons: string[] = [];
  const log = await openJetStreamLog({
    link: await linkTo(address),
    requirements,
    clock,
    reports: {
      onUnwritable(error) {
        reports.push('unwritable');
        reasons.push(thrownMessage(error));
      },
      onWritable: () => void reports.push('writable'),
      onReplaced: () => void reports.push('replaced'),
      onNotErased: () => void reports.push('not erased'),
    },
  });
  opened.push(() => log.close());
  return { ...log, reports, reasons };
}

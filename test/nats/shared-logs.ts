import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import { pino } from 'pino';
import { systemClock } from '../../src/shared/clock.js';
import { thrownMessage } from '../../src/shared/thrown-message.js';
import { openJetStreamLog } from '../../src/server/logs/jetstream/jetstream-log.js';
import type { StreamRequirements } from '../../src/server/logs/jetstream/stream-config.js';
import { openNatsLink, type NatsLink } from '../../src/server/nats/nats-link.js';
import { parseNatsStore } from '../../src/server/nats/nats-store-options.js';
import type { MessageLog } from '../../src/server/room/message-log.js';

/** What a stream is made for unless a test says otherwise. */
export const usualNeeds: StreamRequirements = {
  name: 'CHAT',
  replicas: undefined,
  keep: undefined,
  maxContent: 4_000_000,
};

const opened: (() => Promise<void>)[] = [];

/** Closes what a test opened here; for `afterEach`. */
export async function closeAllLogs(): Promise<void> {
  for (const close of opened.splice(0).reverse()) await close();
}

/** A connection of its own to the NATS at `address`. */
export async function linkTo(address: string): Promise<NatsLink> {
  const link = await openNatsLink(parseNatsStore(`nats://${address}`), pino({ level: 'silent' }));
  opened.push(() => link.close());
  return link;
}

/** Manages the streams of the NATS at `address`. */
export async function managerOf(address: string): Promise<JetStreamManager> {
  return jetstreamManager((await linkTo(address)).connection);
}

/** A log, and what its operator would have heard. */
export type ReportedLog = MessageLog & {
  readonly reports: readonly string[];
  /** Why it could not be written, each time. */
  readonly reasons: readonly string[];
};

/** The room's log as one of its servers has it, over a connection of its own. */
export async function openLogAt(address: string, requirements = usualNeeds): Promise<ReportedLog> {
  const reports: string[] = [];
  const reasons: string[] = [];
  const log = await openJetStreamLog({
    link: await linkTo(address),
    requirements,
    clock: systemClock,
    reports: {
      onUnwritable(error) {
        reports.push('unwritable');
        reasons.push(thrownMessage(error));
      },
      onWritable: () => void reports.push('writable'),
      onReplaced: () => void reports.push('foreign'),
    },
  });
  opened.push(() => log.close());
  return { ...log, reports, reasons };
}

import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { ErrorCode } from '../../shared/errors.js';
import { messageKind } from '../../shared/message.js';
import type { ByteBudget } from '../limits/byte-budget.js';
import type { IncomingRequests } from '../limits/incoming-requests.js';
import type { Connections } from '../net/connections.js';
import type { Subscriptions } from '../streams/subscription.js';

/** The counters of a server. */
export type Metrics = {
  /** `milliseconds`: from the request until the entry was durable; `kind`: one of `messageKind`. */
  appended(milliseconds: number, kind: number): void;
  refused(code: ErrorCode): void;
  connectionRejected(): void;
  readonly registry: Registry;
};

type MetricSources = {
  readonly connections: Pick<Connections, 'count'>;
  readonly subscriptions: Pick<Subscriptions, 'count' | 'lag' | 'delivered'>;
  readonly requests: Pick<IncomingRequests, 'incomplete'>;
  readonly memory: Readonly<Record<'unchecked' | 'accounts' | 'outgoing', Pick<ByteBudget, 'heldBytes'>>>;
};

// From a flush on a fast disk to the timeout of the store.
const commitSeconds = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

const kindNames = new Map<number, string>(Object.entries(messageKind).map(([name, kind]) => [kind, name]));

/** Creates the metrics in a registry of their own. */
export function createMetrics({ connections, subscriptions, requests, memory }: MetricSources): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const gauge = (name: string, help: string, read: () => number): void => {
    const created: Gauge = new Gauge({ name, help, registers, collect: () => created.set(read()) });
  };
  gauge('chat_connections', 'Open connections.', () => connections.count());
  gauge('chat_subscribers', 'Open messageList streams.', () => subscriptions.count());
  gauge('chat_subscriber_lag_messages', 'Messages that the slowest subscriber is behind.', () =>
    subscriptions.lag(),
  );
  gauge('chat_requests_incomplete', 'Requests that have not arrived completely.', () =>
    requests.incomplete(),
  );
  gauge(
    'chat_requests_unchecked_bytes',
    'Memory for requests whose login is not checked, or that need none.',
    () => memory.unchecked.heldBytes(),
  );
  gauge('chat_requests_bytes', 'Memory for requests of users, until they are answered.', () =>
    memory.accounts.heldBytes(),
  );
  gauge('chat_outgoing_large_bytes', 'Large messages on their way to readers.', () =>
    memory.outgoing.heldBytes(),
  );
  new Counter({
    name: 'chat_messages_delivered_total',
    help: 'Messages handed to subscribers.',
    registers,
    collect() {
      this.reset();
      this.inc(subscriptions.delivered());
    },
  });
  const refused = new Counter({
    name: 'chat_calls_refused_total',
    help: 'Calls that ended by an error, by reason.',
    labelNames: ['reason'],
    registers,
  });
  const connectionRejected = new Counter({
    name: 'chat_connections_refused_total',
    help: 'Connections rejected because there were too many.',
    registers,
  });
  const commits = new Histogram({
    name: 'chat_commit_seconds',
    help: 'Time until an entry is durable; its count is the entries appended.',
    buckets: commitSeconds,
    registers,
  });
  const entries = new Counter({
    name: 'chat_entries_total',
    help: 'Entries appended, by kind: messages, changes of rooms, changes of members.',
    labelNames: ['kind'],
    registers,
  });

  return {
    appended(milliseconds, kind) {
      commits.observe(milliseconds / 1000);
      entries.inc({ kind: kindNames.get(kind) ?? 'other' });
    },
    refused: (reason) => refused.inc({ reason }),
    connectionRejected: () => connectionRejected.inc(),
    registry,
  };
}

import { setTimeout as wait } from 'node:timers/promises';
import { DeliverPolicy, type ConsumerMessages, type JetStreamClient } from '@nats-io/jetstream';
import { readStored } from './stream-reader.js';
import type { Entry } from '../../messages/message-log.js';
import type { DedupeIndex } from '../dedupe-index.js';
import type { LogTail } from '../log-tail.js';
import type { StreamWatch } from './stream-watch.js';

/** Reads the messages of all servers of the room into the tail, in order. */
export type StreamConsumer = {
  /** Starts again after the tail's head: requests to NATS may have been lost. */
  restart(): void;
  stop(): Promise<void>;
};

type StreamConsumerOptions = {
  readonly client: JetStreamClient;
  readonly stream: string;
  readonly subject: string;
  readonly tail: LogTail;
  readonly ids: Pick<DedupeIndex, 'remember'>;
  /** Messages that were erased before this server has read them, without their content. */
  readonly missing: (from: number, to: number) => Promise<readonly Entry[]>;
  /** Resolves when this is certainly the tail's stream; with false if it was replaced. */
  readonly verify: () => Promise<boolean>;
  readonly watch: Pick<StreamWatch, 'consumerStarted' | 'consumerFailed' | 'replaced'>;
};

const maxInFlightMessages = 128;
/** How often NATS reports that it is alive; after two missed heartbeats the consumer starts again. */
const heartbeatMs = 1000;
const expiresMs = 10_000;
const retryDelayMs = 250;

/** After these the library would continue by itself with another consumer, perhaps of another stream. */
const endings = new Set([
  'heartbeats_missed',
  'consumer_deleted',
  'consumer_not_found',
  'stream_not_found',
  'no_responders',
  'reset',
  'ordered_consumer_recreated',
]);

/** Starts to consume, and starts again after each failure until `stop`. */
export function startStreamConsumer(options: StreamConsumerOptions): StreamConsumer {
  const { client, stream, subject, tail, ids, missing, verify, watch } = options;
  const ended = new AbortController();
  let current: ConsumerMessages | undefined;

  const consume = async (): Promise<void> => {
    const consumer = await client.consumers.get(stream, {
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: tail.head() + 1,
    });
    const messages = await consumer.consume({
      max_messages: maxInFlightMessages,
      expires: expiresMs,
      idle_heartbeat: heartbeatMs,
    });
    current = messages;
    watch.consumerStarted();
    if (ended.signal.aborted) messages.stop();
    const watching = stopAtTrouble(messages);
    for await (const { seq, subject: from, data, headers } of messages) {
      if (from !== subject && !from.startsWith(`${subject}.`)) {
        watch.replaced();
        break;
      }
      // NATS keeps the order: a gap in the sequences is a gap in the stream.
      if (seq <= tail.head()) continue;
      const gap = seq > tail.head() + 1 ? await missing(tail.head() + 1, seq - 1) : [];
      for (const entry of gap) tail.advance(entry.sequence, [entry]);
      const message = readStored(subject, { seq, subject: from, data, headers });
      if (message) ids.remember(message.author, message.id, seq);
      tail.advance(seq, message ? [message.entry] : []);
      tail.appendSignal.notifySoon();
    }
    messages.stop();
    await watching;
    // The library deletes a consumer only when it restarts one itself.
    consumer.delete().catch(() => undefined);
  };

  const run = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      try {
        if (!(await verify())) return;
        await consume().catch(watch.consumerFailed);
      } catch {
        // The stream does not answer; the watch reports that.
      }
      current = undefined;
      await wait(retryDelayMs, undefined, { signal: ended.signal }).catch(() => undefined);
    }
  };
  const running = run();

  return {
    restart: () => current?.stop(),
    async stop() {
      ended.abort();
      current?.stop();
      await running;
    },
  };
}

async function stopAtTrouble(messages: ConsumerMessages): Promise<void> {
  for await (const { type } of messages.status()) if (endings.has(type)) messages.stop();
}

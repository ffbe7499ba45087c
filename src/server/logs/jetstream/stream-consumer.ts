import { setTimeout as wait } from 'node:timers/promises';
import { DeliverPolicy, type ConsumerMessages, type JetStreamClient } from '@nats-io/jetstream';
import { readStored } from './stream-reader.js';
import type { StreamTail } from './stream-tail.js';
import type { StreamWatch } from './stream-watch.js';

/** Brings what any server of the room appended into the tail, in the stream's order. */
export type StreamConsumer = {
  /** Begins anew after the tail's head: what was asked of NATS may be lost. */
  restart(): void;
  stop(): Promise<void>;
};

/** What a follower works with. */
export type StreamConsumerOptions = {
  readonly client: JetStreamClient;
  readonly stream: string;
  readonly subject: string;
  readonly tail: StreamTail;
  /** Resolves when this is surely the stream that the tail belongs to, or with false if never again. */
  readonly verify: () => Promise<boolean>;
  /** Told of it. */
  readonly watch: Pick<StreamWatch, 'consumerStarted' | 'consumerFailed' | 'replaced'>;
};

/** So many messages are on their way at once, at most. */
const maxInFlightMessages = 128;
/** NATS says this often, in milliseconds, that it is still there; after two misses we start again. */
const heartbeat = 1000;
const expires = 10_000;
const retryDelayMs = 250;

/** After one of these the library would continue by itself, with another consumer, perhaps of another stream. */
const endings = new Set([
  'heartbeats_missed',
  'consumer_deleted',
  'consumer_not_found',
  'stream_not_found',
  'no_responders',
  'reset',
  'ordered_consumer_recreated',
]);

/** Starts to follow. */
export function startStreamConsumer(options: StreamConsumerOptions): StreamConsumer {
  const { client, stream, subject, tail, verify, watch } = options;
  const ended = new AbortController();
  let current: ConsumerMessages | undefined;

  const consume = async (): Promise<void> => {
    const consumer = await client.consumers.get(stream, {
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: tail.head() + 1,
    });
    const messages = await consumer.consume({
      max_messages: maxInFlightMessages,
      expires,
      idle_heartbeat: heartbeat,
    });
    current = messages;
    watch.consumerStarted();
    if (ended.signal.aborted) messages.stop();
    const watching = stopAtTrouble(messages);
    for await (const { seq, subject: from, data } of messages) {
      if (from !== subject) {
        watch.replaced();
        break;
      }
      // NATS keeps the order: a gap is what the stream no longer has.
      if (seq > tail.head()) tail.push(seq, readStored({ seq, subject, data }));
    }
    messages.stop();
    await watching;
    // The library deletes what it no longer needs only when it starts again itself.
    consumer.delete().catch(() => undefined);
  };

  const run = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      try {
        if (!(await verify())) return;
        await consume().catch(watch.consumerFailed);
      } catch {
        // The stream does not answer: the watch knows.
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

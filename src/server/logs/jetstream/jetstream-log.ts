import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { requestTimeoutMs } from '../../nats/nats-request.js';
import type { NatsLink } from '../../nats/nats-link.js';
import type {
  AccountStateStore,
  LogOptions,
  MessageLog,
  RoomStateStore,
} from '../../messages/message-log.js';
import { tailBufferLimits } from '../../messages/tail-buffer.js';
import { startStreamConsumer } from './stream-consumer.js';
import { openStream } from './open-stream.js';
import { openMarkBucket } from './mark-bucket.js';
import { createPublisher } from './publisher.js';
import { openRoomBucket } from './room-bucket.js';
import { identityOf, logIdOf, type StreamRequirements } from './stream-config.js';
import {
  createChangesReader,
  createStreamReader,
  storedEntries,
  type StreamReader,
} from './stream-reader.js';
import { startStreamWatch, type StreamReports } from './stream-watch.js';
import { createStreamChanges } from './stream-changes.js';
import { createDedupeIndex } from '../dedupe-index.js';
import { createMentionIndex } from '../mention-index.js';
import { createLogTail, createTailReader, type LogTail } from '../log-tail.js';

type JetStreamLogOptions = LogOptions & {
  readonly link: NatsLink;
  readonly requirements: StreamRequirements;
  readonly reports: StreamReports;
};

/** How many of the newest messages are read before the log is ready; the history of a new reader is among them. */
const initialLoadCount = 10_000;

/** A log in NATS, with the buckets for the state of its rooms and of the accounts. */
export type JetStreamLog = MessageLog & {
  readonly roomState: RoomStateStore;
  readonly accountState: AccountStateStore;
};

/** Opens or creates the log in a shared stream. Throws as `openStream` and `openBucket` do. Closing it does not close the link. */
export async function openJetStreamLog({
  link,
  requirements,
  clock,
  dedupeWindow,
  reports,
}: JetStreamLogOptions): Promise<JetStreamLog> {
  const stream = requirements.name;
  const { connection } = link;
  const info = await openStream(
    link,
    () => jetstreamManager(connection, { timeout: requestTimeoutMs }),
    requirements,
  );
  const manager = await jetstreamManager(connection, { timeout: requestTimeoutMs, checkAPI: false });
  const client = jetstream(connection, { timeout: requestTimeoutMs });
  const identity = identityOf(info);
  const { subject } = identity;
  const logId = logIdOf(identity);
  const replicas = info.config.num_replicas;
  const roomState = await openRoomBucket({ link, manager, stream, replicas, logId });
  const accountState = await openMarkBucket({ link, stream, replicas, logId });
  const readStream = createStreamReader(manager, stream, subject);
  const oldest = Math.max(1, info.state.first_seq);
  const head = info.state.last_seq;
  const bounds = { maxCount: initialLoadCount, maxBytes: tailBufferLimits.maxBytes };
  const newest = await readStream({ from: oldest, to: head, newestFirst: true, ...bounds });
  const loaded = newest.toReversed();
  const mentions = createMentionIndex();
  for (const { entry } of loaded) mentions.add(entry);
  const stored = createLogTail({ head, oldest, newest: loaded.map(({ entry }) => entry) });
  const changes = createStreamChanges({
    ...{ manager, readStream, tail: stored, mentions, clock, info },
    readChanges: createChangesReader(client, manager, stream, subject),
    onNotErased: reports.onNotErased,
  });
  const tail: LogTail = {
    ...stored,
    oldest: () => Math.min(stored.oldest(), changes.first()),
    advance(sequence, entries) {
      for (const entry of entries) mentions.add(entry);
      stored.advance(sequence, entries);
    },
  };
  const ids = createDedupeIndex(clock, dedupeWindow);
  for (const { author, id, entry } of loaded) ids.remember(author, id, entry.sequence);
  const reader = createTailReader(tail, storedEntries(changes.read, mentions));
  const watch = startStreamWatch({
    manager,
    stream,
    identity,
    tail,
    reports,
    onInfo: (now) => tail.dropBelow(changes.retain(now)),
    onStalled: () => consumer.restart(),
  });
  const verify = async (): Promise<boolean> => {
    if (!(await watch.check())) return false;
    const isSame = changes.isChanged(tail.head()) || (await hasLastDelivered(tail, readStream));
    if (!isSame) watch.replaced();
    return isSame;
  };
  const consumer = startStreamConsumer({
    client,
    stream,
    subject,
    tail,
    ids,
    missing: changes.missing,
    verify,
    watch,
  });
  const publisher = createPublisher({ client, clock, stream, subject, tail, ids, watch, isUp: link.isUp });
  const removeUpListener = link.onUp(() => {
    consumer.restart();
    watch.check().catch(() => undefined);
  });
  let closing: Promise<void> | undefined;

  const close = async (): Promise<void> => {
    await publisher.close();
    removeUpListener();
    changes.stop();
    watch.stop();
    tail.appendSignal.close();
    await consumer.stop();
  };

  return {
    logId,
    ...reader,
    roomState: {
      load: () => roomState.load(),
      async save(upTo, bytes) {
        // A server that starts erases what follows the saved state.
        await changes.erase();
        await roomState.save(upTo, bytes);
      },
    },
    accountState,
    async firstWithRoom() {
      const newest = await manager.streams.getMessage(stream, { last_by_subj: `${subject}.>` });
      return newest ? 0 : Infinity;
    },
    append: publisher.append,
    amend: changes.amend,
    reactions: changes.reactions,
    changesUpTo: (sequence) => changes.changesUpTo(sequence),
    ...(info.config.deny_delete && { removalProblem: cannotErase(stream) }),
    // Each is repeated by itself.
    mayReorder: true,
    storageProblem: () =>
      closing ? 'it is shutting down' : link.isUp() ? watch.problem() : 'NATS is unavailable',
    close: () => (closing ??= close()),
  };
}

/** Whether the newest message shown here is still the same: after a power cut NATS may reuse its sequence. */
async function hasLastDelivered({ head, tailBuffer }: LogTail, read: StreamReader): Promise<boolean> {
  const sequence = head();
  const [shown] = tailBuffer.readBefore(sequence + 1, 1, Infinity).entries;
  if (shown?.sequence !== sequence) return true;
  const only = { from: sequence, to: sequence, newestFirst: false, maxCount: 1, maxBytes: Infinity };
  const [stored] = await read(only);
  // It may have been dropped because of its age.
  return !stored || Buffer.compare(stored.entry.bytes, shown.bytes) === 0;
}

function cannotErase(stream: string): string {
  return `messages cannot be edited or deleted here: the NATS stream ${stream} was created with deny_delete, which cannot be changed`;
}

/**
 * From the start of a server to its first call over NATS with 1,000,000 messages, 1,000 rooms and 50,000 memberships. The
 * state of the rooms was saved as many entries before the end as servers leave between two of them.
 */
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { pino } from 'pino';
import { maxContentBytes } from '../../src/shared/message-rules.js';
import { systemClock } from '../../src/shared/clock.js';
import { openJetStreamLog } from '../../src/server/logs/jetstream/jetstream-log.js';
import { identityOf, subjectOf } from '../../src/server/logs/jetstream/stream-config.js';
import { openNatsLink } from '../../src/server/nats/nats-link.js';
import { parseNatsStore } from '../../src/server/nats/nats-store-options.js';
import { entriesPerSave } from '../../src/server/rooms/open-folded-log.js';
import { encodeRooms } from '../../src/server/rooms/room-state-codec.js';
import { longRoomEntry, messageCount, roomCount, roomsAfter } from '../long-room-log.js';
import { quantile } from '../median.js';
import { report } from '../row.js';
import { startChat } from '../target.js';
import { startJetStream } from './jetstream.js';

const rounds = 5;
const entryCount = roomCount + messageCount;
/** NATS answers the last message of each of these. */
const batchCount = 5000;

const nats = await startJetStream();
await fillStream(nats.url);
const starts: number[] = [];
for (let round = 0; round < rounds; round++) {
  const started = await startChat(['--store', nats.url]);
  starts.push(started.readyAfterMs);
  await started.stop();
}
report({
  what: `${messageCount} messages in ${roomCount} rooms on NATS: ready`,
  value: quantile(starts, 0.5),
  unit: 'ms',
  limit: { max: 3000 },
  details: `from the start of the process; ${starts.map((time) => time.toFixed(0)).join(', ')}`,
});
await nats.stop();

/** Writes the stream and the state as servers do, but does not wait for every answer. */
async function fillStream(url: string): Promise<void> {
  const store = parseNatsStore(url);
  const link = await openNatsLink(store, pino({ level: 'error' }));
  const fail = (reason: unknown): never => {
    throw new Error('the stream cannot be written', { cause: reason });
  };
  const { connection } = link;
  const log = await openJetStreamLog({
    link,
    requirements: { ...store, name: store.stream, keep: undefined, maxContentBytes },
    clock: systemClock,
    reports: { onUnwritable: fail, onWritable: () => undefined, onReplaced: fail, onNotErased: fail },
  });
  const { streams } = await jetstreamManager(connection);
  const { subject } = identityOf(await streams.info(store.stream));
  const client = jetstream(connection);
  for (let index = 0; index < entryCount; index++) {
    const entry = longRoomEntry(index);
    const isLast = (index + 1) % batchCount === 0 || index + 1 === entryCount;
    if (isLast) await client.publish(subjectOf(subject, entry), entry.message());
    else connection.publish(subjectOf(subject, entry), entry.message());
  }
  const { state } = await streams.info(store.stream);
  if (state.last_seq !== entryCount) throw new Error(`the stream has ${state.last_seq} entries`);
  const upTo = entryCount - entriesPerSave + 1;
  await log.roomState.save(upTo, encodeRooms(roomsAfter(upTo)));
  await log.close();
  await link.close();
}

import type { JetStreamManager, StreamInfo } from '@nats-io/jetstream';
import type { KvEntry } from '@nats-io/kv';
import { decodeText, encodeText } from '../../../shared/text.js';
import type { RoomStateStore } from '../../messages/message-log.js';
import { bucketStream, openBucket, withBucketName } from '../../nats/bucket.js';
import { isConflict, retryUntilAnswered } from '../../nats/nats-request.js';
import type { NatsLink } from '../../nats/nats-link.js';
import {
  damagedState,
  formatHeader,
  joinState,
  parseHeader,
  splitState,
  type StateHeader,
} from '../room-state.js';

type RoomBucketOptions = {
  readonly link: NatsLink;
  readonly manager: Pick<JetStreamManager, 'streams'>;
  readonly stream: string;
  readonly replicas: number;
  /** A stream that is created again has another one, and does not get the rooms of its predecessor. */
  readonly logId: string;
};

const maxPartBytes = 512 * 1024;
/** Header, subject and what NATS adds. */
const overheadBytes = 4096;
const maxAttempts = 20;
/** A server that is still writing parts of a state does so for seconds. */
const abandonedAfterMs = 24 * 60 * 60 * 1000;

/**
 * The state of the rooms in the bucket `STREAM_rooms`. Its key is the log id: a line that describes the state, and the
 * first part, which is usually all. Further parts are written before, each under a key of their content.
 */
export async function openRoomBucket(options: RoomBucketOptions): Promise<RoomStateStore> {
  const { link, manager, stream, replicas, logId } = options;
  const name = `${stream}_rooms`;
  const bucket = await openBucket(link, name, replicas);
  const maxPayload = link.connection.info?.max_payload ?? Infinity;
  const partBytes = Math.min(maxPartBytes, maxPayload - overheadBytes);

  const keyOf = ({ digest }: StateHeader, part: number): string => `${logId}.${digest}.${part}`;
  const lastSequence = async () => (await manager.streams.info(stream)).state.last_seq;
  /** A stream without limits only lacks messages that were erased. */
  const isComplete = ({ config, state }: StreamInfo): boolean =>
    state.first_seq <= 1 || (config.max_age <= 0 && config.max_bytes <= 0 && config.max_msgs <= 0);

  const readParts = async (header: StateHeader, first: Uint8Array): Promise<Uint8Array | undefined> => {
    const others = Array.from({ length: header.parts - 1 }, (_, index) =>
      bucket.get(keyOf(header, index + 1)),
    );
    const parts = (await Promise.all(others)).map((entry) => presentValue(entry) ?? new Uint8Array(0));
    return joinState(header, [first, ...parts]);
  };

  const removeParts = async ({ digest }: Pick<StateHeader, 'digest'>): Promise<void> => {
    await manager.streams.purge(bucketStream(name), { filter: `$KV.${name}.${logId}.${digest}.*` });
  };

  /** What a server wrote that ended while it was saving. A failure is ignored: it is tried again at the next start. */
  const removeAbandoned = async (current: string): Promise<void> => {
    const parts = `$KV.${name}.${logId}.*.*`;
    const { state } = await manager.streams.info(bucketStream(name), { subjects_filter: parts });
    for (const subject of Object.keys(state.subjects ?? {})) {
      const [, , , digest = '', part] = subject.split('.');
      if (digest === current) continue;
      const entry = await bucket.get(`${logId}.${digest}.${part}`);
      if (entry && Date.now() - entry.created.getTime() > abandonedAfterMs) await removeParts({ digest });
    }
  };

  const load = async (): Promise<Uint8Array | undefined> => {
    for (let damagedRevision = 0; ;) {
      const entry = await bucket.get(logId);
      const value = presentValue(entry);
      if (!entry || !value) return undefined;
      const { header, first } = parsedHead(value);
      const bytes = header && (await readParts(header, first));
      const info = await manager.streams.info(stream);
      if (header && header.upTo > info.state.last_seq) return undefined;
      if (header && bytes) {
        if (header.parts > 1) await removeAbandoned(header.digest).catch(() => undefined);
        return bytes;
      }
      // Another server may have replaced it while its parts were read.
      if (entry.revision !== damagedRevision) damagedRevision = entry.revision;
      else if (!isComplete(info)) throw damagedState('store-unavailable', `the NATS bucket ${name}`);
      else return undefined;
    }
  };

  const save = async (upTo: number, bytes: Uint8Array): Promise<void> => {
    const { header, parts } = splitState(upTo, bytes, partBytes);
    const [first = new Uint8Array(0), ...others] = parts;
    for (let attempt = 1; ; attempt++) {
      const entry = await bucket.get(logId);
      const before = parsedHead(presentValue(entry) ?? new Uint8Array(0)).header;
      if (before && before.upTo > upTo && before.upTo <= (await lastSequence())) return;
      for (const [index, part] of others.entries()) await bucket.put(keyOf(header, index + 1), part);
      try {
        const value = Buffer.concat([encodeText(formatHeader(header)), first]);
        await bucket.put(logId, value, { previousSeq: entry?.revision ?? 0 });
        if (before && before.parts > 1 && before.digest !== header.digest)
          await removeParts(before).catch(() => undefined);
        return;
      } catch (error) {
        if (!isConflict(error) || attempt === maxAttempts) throw error;
      }
    }
  };

  return {
    // A bucket that was just created may have no leader yet.
    load: () => withBucketName(name, () => retryUntilAnswered(link.name, load)),
    save: (upTo, bytes) => withBucketName(name, () => save(upTo, bytes)),
  };
}

/** Undefined after a deletion. */
function presentValue(entry: KvEntry | null): Uint8Array | undefined {
  return entry?.operation === 'PUT' ? entry.value : undefined;
}

/** The line that describes the state, and what follows it. */
function parsedHead(value: Uint8Array): {
  readonly header: StateHeader | undefined;
  readonly first: Uint8Array;
} {
  const end = value.indexOf(0x0a) + 1;
  return { header: parseHeader(decodeText(value.subarray(0, end))), first: value.subarray(end) };
}

import { createHash } from 'node:crypto';
import {
  DiscardPolicy,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
  type StreamInfo,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import { ulid } from 'ulid';
import { ChatError } from '../../../shared/errors.js';
import { maxContentBytes } from '../../../shared/message-rules.js';
import { dedupeWindow, type Keep } from '../../room/message-log.js';

/** What a stream is made and checked for. */
export type StreamRequirements = {
  readonly name: string;
  /** Undefined: 1 where the stream is made, any where it exists. */
  readonly replicas: number | undefined;
  /** Undefined: everything where the stream is made, as it stands where it exists. */
  readonly keep: Keep | undefined;
  /** The largest content that is accepted, in bytes. */
  readonly maxContent: number;
};

/** What a message is larger than its content by, in bytes: name, id, time, tags and the headers for NATS. */
export const messageOverhead = 4096;

/** The size of a stream's messages. */
export const maxMessageSize = maxContentBytes + messageOverhead;

/** The same in streams that were made up to version 0.1.0. */
export const formerMaxMessageSize = 4 * 1024 * 1024 - 64 * 1024 + messageOverhead;

/**
 * The subject of a stream that is about to be made. It ends in something of its own, so that a stream that was
 * deleted and made again does not take what was meant for the first one.
 */
function newSubject(name: string): string {
  return `chat.log.${name}.${ulid()}`;
}

/** How the stream is made where there is none. */
export function newStream({
  name,
  replicas = 1,
  keep,
}: StreamRequirements): Partial<StreamConfig> & { name: string } {
  return {
    name,
    description: 'The messages of a chat room; only chat serve writes here.',
    subjects: [newSubject(name)],
    storage: StorageType.File,
    retention: RetentionPolicy.Limits,
    discard: DiscardPolicy.Old,
    num_replicas: replicas,
    max_age: keep && 'milliseconds' in keep ? nanos(keep.milliseconds) : 0,
    max_bytes: keep && 'bytes' in keep ? keep.bytes : -1,
    max_msg_size: maxMessageSize,
    // NATS wants it no longer than the messages are kept.
    duplicate_window: nanos(duplicateWindow(keep && 'milliseconds' in keep ? keep.milliseconds : 0)),
    // History is read by sequence from any replica.
    allow_direct: true,
    deny_delete: true,
  };
}

/** How long NATS has to tell duplicates, in milliseconds, where messages are kept for `maxAge` (0: forever). */
function duplicateWindow(maxAge: number): number {
  return maxAge === 0 ? dedupeWindow.maxAgeMs : Math.min(dedupeWindow.maxAgeMs, maxAge);
}

/** A setting of a stream that does not serve, and what it has to be. */
type Mismatch = { readonly setting: keyof StreamConfig; readonly is: unknown; readonly wanted: string };

/** Throws `usage`, naming the setting, where a stream cannot hold the room's messages or is not what was asked for. */
export function checkStream(config: StreamConfig, requirements: StreamRequirements): void {
  const [mismatch] = mismatches(config, requirements);
  if (!mismatch) return;
  const { setting, is, wanted } = mismatch;
  throw new ChatError(
    'usage',
    `the NATS stream ${requirements.name} has ${setting} ${JSON.stringify(is)}: it must be ${wanted}`,
    {
      hint: 'Change the stream with nats stream edit, or name another with --store nats://HOST?stream=NAME.',
    },
  );
}

function* mismatches(config: StreamConfig, requirements: StreamRequirements): Generator<Mismatch> {
  const { replicas, keep, maxContent } = requirements;
  const of = (setting: keyof StreamConfig, fits: boolean, wanted: string): Mismatch[] =>
    fits ? [] : [{ setting, is: config[setting], wanted }];
  const maxAge = config.max_age / 1e6;
  const window = duplicateWindow(maxAge);
  const largest = maxContent + messageOverhead;

  yield* of('subjects', isOwnSubject(config), `one of its own, such as chat.log.${requirements.name}.1`);
  yield* of('retention', config.retention === RetentionPolicy.Limits, '"limits"');
  yield* of('storage', config.storage === StorageType.File, '"file"');
  yield* of('discard', config.discard === DiscardPolicy.Old, '"old"');
  yield* of('sealed', !config.sealed, 'false');
  yield* of('allow_direct', config.allow_direct, 'true');
  yield* of('no_ack', config.no_ack !== true, 'false');
  yield* of('max_msgs_per_subject', config.max_msgs_per_subject <= 0, '-1');
  yield* of(
    'max_msg_size',
    config.max_msg_size < 0 || config.max_msg_size >= largest,
    `at least ${largest}, for images of ${maxContent} bytes`,
  );
  yield* of(
    'duplicate_window',
    config.duplicate_window >= nanos(window),
    `at least ${nanos(window)}, in nanoseconds`,
  );
  if (replicas !== undefined) {
    yield* of('num_replicas', config.num_replicas === replicas, `${replicas}, as --store says`);
  }
  if (keep && 'milliseconds' in keep) {
    yield* of('max_age', maxAge === keep.milliseconds, `${nanos(keep.milliseconds)}, as --keep says`);
  }
  if (keep && 'bytes' in keep) {
    yield* of('max_bytes', config.max_bytes === keep.bytes, `${keep.bytes}, as --keep says`);
  }
}

function isOwnSubject({ subjects }: StreamConfig): boolean {
  return subjects.length === 1 && /^chat\.log\.[A-Za-z0-9_-]+\.[A-Za-z0-9]+$/.test(subjects[0] ?? '');
}

/** One stream and no other: the same name and settings do not make the same log. */
export type StreamIdentity = { readonly subject: string; readonly created: string };

/** Which stream this is. */
export function identityOf({ config, created }: Pick<StreamInfo, 'config' | 'created'>): StreamIdentity {
  return { subject: config.subjects[0] ?? '', created };
}

/** The identity as a log's id. */
export function logIdOf({ subject, created }: StreamIdentity): string {
  return createHash('sha256').update(`${subject}\n${created}`).digest('hex').slice(0, 32);
}

import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
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
import { messageKind, type Placement } from '../../../shared/message.js';
import { maxContentBytes } from '../../../shared/message-rules.js';
import type { FormPlace } from './current-forms.js';
import {
  dedupeWindow,
  isChange,
  isLobbyMessage,
  isRemoved,
  type Append,
  type Keep,
  type RoomFilter,
} from '../../messages/message-log.js';

/** What the room needs from its stream. */
export type StreamRequirements = {
  readonly name: string;
  /** Undefined: 1 if the stream is created, any number if it exists. */
  readonly replicas: number | undefined;
  /** Undefined: no limits if the stream is created, any limits if it exists. */
  readonly keep: Keep | undefined;
  readonly maxContentBytes: number;
};

/** By how many bytes a message may exceed its content: name, id, time, tags and headers. */
export const messageOverhead = 4096;

const maxMessageSize = maxContentBytes + messageOverhead;

/** The same in streams created by versions up to 0.1.0. */
const formerMaxMessageSize = 4 * 1024 * 1024 - 64 * 1024 + messageOverhead;

/** Unique, so that a stream that is created again does not receive messages for the deleted one. */
function newSubject(name: string): string {
  return `chat.log.${name}.${ulid()}`;
}

/** Its own for plain messages of the lobby, as always. One for each room: NATS keeps all subjects in memory. */
function streamSubjects(subject: string): string[] {
  return [subject, `${subject}.>`];
}

/**
 * The oldest sequence that is kept. NATS does not count erased messages at the beginning of a stream, only those that
 * follow. `erased`: the places below its first message, the newest first.
 */
export function oldestKept(
  { config, state }: Pick<StreamInfo, 'config' | 'state'>,
  erased: readonly FormPlace[],
  now: number,
): number {
  const keptAfter = config.max_age > 0 ? now - config.max_age / 1e6 : -Infinity;
  // Below half of a size limit, nothing was removed because of it.
  const isFull =
    (config.max_bytes > 0 && state.bytes * 2 > config.max_bytes) ||
    (config.max_msgs > 0 && state.messages * 2 > config.max_msgs);
  let oldest = Math.max(1, state.first_seq);
  for (const { sequence, timestamp } of erased) {
    if (timestamp < keptAfter || (isFull && sequence < oldest - 1)) break;
    oldest = sequence;
  }
  return oldest;
}

/** Undefined: the subject of the stream itself. */
function partOf({ room, kind }: Placement): 'state' | 'change' | 'room' | undefined {
  if (isState(kind)) return 'state';
  if (isChange(kind)) return 'change';
  return isLobbyMessage({ room, kind }) ? undefined : 'room';
}

/** Of the changes of messages in all rooms. */
export const changesSubject = (subject: string): string => `${subject}.change.>`;

const isState = (kind: number): boolean => kind === messageKind.room || kind === messageKind.member;

/** The subject of an entry. The number of a new room is its sequence, which NATS assigns. */
export function subjectOf(subject: string, { room, kind }: Pick<Append, 'room' | 'kind'>): string {
  if (room === 'new') return newRoomSubject(subject);
  const part = partOf({ room, kind });
  return part === undefined ? subject : `${subject}.${part}.${room}`;
}

export const newRoomSubject = (subject: string): string => `${subject}.state.new`;

/** Matches the entries of a room, except for its creation. A wildcard finds messages and changes with one request. */
export function subjectsOf(subject: string, { room, kinds }: RoomFilter): readonly string[] {
  // Removed entries are no longer in the stream.
  const stored = kinds.filter((kind) => !isRemoved({ kind }));
  const parts = new Set(stored.map((kind) => partOf({ room, kind })));
  const isLobby = parts.delete(undefined);
  const below = parts.size === 3 || (isLobby && parts.size === 2) ? ['*'] : [...parts];
  return [...(isLobby ? [subject] : []), ...below.map((part) => `${subject}.${part ?? ''}.${room}`)];
}

/** The configuration of a stream that does not exist yet. */
export function newStream({
  name,
  replicas = 1,
  keep,
}: StreamRequirements): Partial<StreamConfig> & { name: string } {
  return {
    name,
    description: 'The messages of a chat room; only chat serve writes here.',
    subjects: streamSubjects(newSubject(name)),
    storage: StorageType.File,
    retention: RetentionPolicy.Limits,
    discard: DiscardPolicy.Old,
    num_replicas: replicas,
    max_age: keep && 'milliseconds' in keep ? nanos(keep.milliseconds) : 0,
    max_bytes: keep && 'bytes' in keep ? keep.bytes : -1,
    max_msg_size: maxMessageSize,
    // NATS does not allow it to be longer than `max_age`.
    duplicate_window: nanos(duplicateWindowMs(keep && 'milliseconds' in keep ? keep.milliseconds : 0)),
    // History is read by sequence from any replica.
    allow_direct: true,
    // Messages will be deleted, and NATS cannot undo `true`.
    deny_delete: false,
  };
}

/** How long NATS must deduplicate; `maxAgeMs` 0: messages are kept forever. */
function duplicateWindowMs(maxAgeMs: number): number {
  return maxAgeMs === 0 ? dedupeWindow.maxAgeMs : Math.min(dedupeWindow.maxAgeMs, maxAgeMs);
}

type Mismatch = { readonly setting: keyof StreamConfig; readonly is: unknown; readonly wanted: string };

/** Throws `usage`, naming the setting, if a stream is not suitable for the room or not as requested. */
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
  const { replicas, keep } = requirements;
  const of = (setting: keyof StreamConfig, fits: boolean, wanted: string): Mismatch[] =>
    fits ? [] : [{ setting, is: config[setting], wanted }];
  const maxAgeMs = config.max_age / 1e6;
  const windowMs = duplicateWindowMs(maxAgeMs);
  const largest = requirements.maxContentBytes + messageOverhead;

  const own = isOwnSubject(config.subjects[0]) ? config.subjects[0] : `chat.log.${requirements.name}.1`;
  const wanted = streamSubjects(own);
  yield* of(
    'subjects',
    isDeepStrictEqual(config.subjects, wanted),
    `of its own, such as ${JSON.stringify(wanted)}`,
  );
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
    `at least ${largest}, for images of ${requirements.maxContentBytes} bytes`,
  );
  yield* of(
    'duplicate_window',
    config.duplicate_window >= nanos(windowMs),
    `at least ${nanos(windowMs)}, in nanoseconds`,
  );
  if (replicas !== undefined) {
    yield* of('num_replicas', config.num_replicas === replicas, `${replicas}, as --store says`);
  }
  if (keep && 'milliseconds' in keep) {
    yield* of('max_age', maxAgeMs === keep.milliseconds, `${nanos(keep.milliseconds)}, as --keep says`);
  }
  if (keep && 'bytes' in keep) {
    yield* of('max_bytes', config.max_bytes === keep.bytes, `${keep.bytes}, as --keep says`);
  }
}

function isOwnSubject(subject: string | undefined): subject is string {
  return subject !== undefined && /^chat\.log\.[A-Za-z0-9_-]+\.[A-Za-z0-9]+$/.test(subject);
}

/** The changes to the stream of an earlier version; undefined if there are none. */
export function streamUpgrade({ subjects, max_msg_size }: StreamConfig): Partial<StreamConfig> | undefined {
  const isBeforeRooms = subjects.length === 1 && isOwnSubject(subjects[0]);
  const upgrade = {
    ...(max_msg_size === formerMaxMessageSize && { max_msg_size: maxMessageSize }),
    ...(isBeforeRooms && { subjects: streamSubjects(subjects[0] ?? '') }),
  };
  return Object.keys(upgrade).length === 0 ? undefined : upgrade;
}

/** Identifies one stream: another one may have the same name and settings. */
export type StreamIdentity = { readonly subject: string; readonly created: string };

export function identityOf({ config, created }: Pick<StreamInfo, 'config' | 'created'>): StreamIdentity {
  return { subject: config.subjects[0] ?? '', created };
}

export function logIdOf({ subject, created }: StreamIdentity): string {
  return createHash('sha256').update(`${subject}\n${created}`).digest('hex').slice(0, 32);
}

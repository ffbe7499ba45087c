import { setTimeout as wait } from 'node:timers/promises';
import { jetstreamManager } from '@nats-io/jetstream';
import { Kvm, type KV, type KvEntry } from '@nats-io/kv';
import { ChatError } from '../../shared/errors.js';
import { thrownMessage } from '../../shared/thrown-message.js';
import { emptySnapshot, requireUndamaged, type AccountsSnapshot } from '../accounts/accounts-snapshot.js';
import { formatSnapshot, parseSnapshot } from '../accounts/account-format.js';
import type { AccountStore } from '../accounts/account-store.js';
import { withCreationLock } from './creation-lock.js';
import {
  findStream,
  isConflict,
  isStreamMissing,
  requestTimeoutMs,
  retryUntilAnswered,
} from './nats-request.js';
import { type NatsLink, openNatsLink } from './nats-link.js';
import type { NatsStoreOptions } from './nats-store-options.js';
import { pino } from 'pino';
import { withUsersAddedNote } from '../accounts/users-added.js';
import { usersAddedInStream } from './users-added-in-stream.js';

/** The one key of the bucket: all accounts, as they stand in `accounts.json`. */
const key = 'book';
/** Writers that come between are waited for so often. */
const maxAttempts = 50;
const retryDelayMs = 20;
const rewatchDelayMs = 1000;
/** How often it is asked whether the bucket is still the same, in milliseconds. */
const checkIntervalMs = 2000;

/**
 * The accounts in a JetStream key-value bucket, shared at once by all servers of a room; the bucket is made if there is
 * none. Throws `unreachable` or `usage` where NATS does not give one.
 */
export async function openAccountBucket(
  link: NatsLink,
  { stream, replicas = 1 }: Pick<NatsStoreOptions, 'stream' | 'replicas'>,
): Promise<AccountStore> {
  const name = `${stream}_accounts`;
  const missing = (): ChatError =>
    new ChatError(
      'store-unavailable',
      `users were added here, but the NATS bucket ${name} or what it held is gone`,
      {
        hint: 'Put it back from a backup, or add the users again: chat users add NAME --store nats://…',
      },
    );
  const bucket = await retryUntilAnswered(link.name, () => findOrMake(link, name, replicas));

  return {
    read: () => named(name, async () => readSnapshot(bucket, missing)),
    update: (change) => named(name, () => update(bucket, change)),
    watch: (changed, broken) => watchSnapshot(link, bucket, changed, broken),
    missing,
  };
}

async function findOrMake({ connection }: NatsLink, name: string, replicas: number): Promise<KV> {
  const kvm = new Kvm(connection);
  const { streams } = await jetstreamManager(connection, { timeout: requestTimeoutMs });
  if (await findStream(streams, `KV_${name}`)) return kvm.open(name);
  // It looks again itself. Not read from replicas that may lag behind: whoever was removed is removed at once.
  return withCreationLock(connection, name, () =>
    kvm.create(name, { history: 1, replicas, allow_direct: false }),
  );
}

async function update(bucket: KV, change: (snapshot: AccountsSnapshot) => AccountsSnapshot): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const entry = await bucket.get(key);
    // Where they were deleted, adding users again is what mends it.
    const before = isDeletion(entry) ? { initialised: true, accounts: [] } : snapshotOf(entry);
    requireUndamaged(before);
    const after = change(before);
    if (after === before) return;
    try {
      await bucket.put(key, formatSnapshot(after), { previousSeq: entry?.revision ?? 0 });
      return;
    } catch (error) {
      if (!isConflict(error) || attempt === maxAttempts) throw error;
    }
    // At random, so that two who wait do not meet again and again.
    await wait(retryDelayMs * (0.5 + Math.random()));
  }
}

async function readSnapshot(bucket: KV, missing: () => ChatError): Promise<AccountsSnapshot> {
  const entry = await bucket.get(key);
  if (isDeletion(entry)) throw missing();
  // A purged stream continues counting: what was purged from this bucket can only have been accounts.
  if (!entry && (await bucket.status()).streamInfo.state.last_seq > 0) throw missing();
  return snapshotOf(entry);
}

const isDeletion = (entry: KvEntry | null): boolean => entry !== null && entry.operation !== 'PUT';

/** Removing a user leaves a snapshot without that user: only an operator's hand leads to no book. */
function snapshotOf(entry: KvEntry | null): AccountsSnapshot {
  if (!entry) return emptySnapshot;
  if (isDeletion(entry)) throw new Error('the accounts were deleted');
  return parseSnapshot(entry.string());
}

function watchSnapshot(
  link: NatsLink,
  bucket: KV,
  changed: (snapshot: AccountsSnapshot) => void,
  broken: (error: Error) => void,
): () => void {
  const ended = new AbortController();
  const { signal } = ended;

  const take = (entry: KvEntry): void => {
    try {
      changed(snapshotOf(entry));
    } catch (error) {
      broken(error instanceof Error ? error : new Error(thrownMessage(error)));
    }
  };

  /** Until the bucket is deleted, or another one stands in its place: the library would not notice. */
  const follow = async (): Promise<void> => {
    const first = await madeAt(bucket);
    let newest = 0;
    const takeNewer = (entry: KvEntry): void => {
      if (signal.aborted || entry.revision <= newest) return;
      newest = entry.revision;
      take(entry);
    };
    const entries = await bucket.watch({ key });
    const stop = (): void => entries.stop();
    signal.addEventListener('abort', stop, { once: true });
    // What changed while NATS was away is looked up at once, the library may take longer to find it.
    const forget = link.onUp(() => void bucket.get(key).then((entry) => entry && takeNewer(entry), ignore));
    const look = async (): Promise<void> => {
      if ((await madeAt(bucket)) !== first) stop();
    };
    const looking = setInterval(() => {
      look().catch((error: unknown) => {
        if (isStreamMissing(error)) stop();
      });
    }, checkIntervalMs).unref();
    try {
      for await (const entry of entries) takeNewer(entry);
    } finally {
      clearInterval(looking);
      forget();
      signal.removeEventListener('abort', stop);
    }
  };

  const run = async (): Promise<void> => {
    let isGone = false;
    while (!signal.aborted) {
      try {
        await follow();
        isGone = false;
      } catch (error) {
        // Else NATS is away: the link says so, and the accounts stay as they are.
        if (isStreamMissing(error) && !isGone) {
          isGone = true;
          broken(new Error('their NATS bucket is gone'));
        }
      }
      await wait(rewatchDelayMs, undefined, { signal, ref: false }).catch(ignore);
    }
  };
  void run();
  return () => ended.abort();
}

/** Tells a bucket from another one of its name. */
async function madeAt(bucket: KV): Promise<string> {
  return (await bucket.status()).streamInfo.created;
}

/** What was waited for failed since NATS is away, or ended with the watch. */
const ignore = (): void => undefined;

/** Runs `task`; what NATS throws becomes `store-unavailable` and names the bucket. */
async function named<Result>(name: string, task: () => Promise<Result>): Promise<Result> {
  try {
    return await task();
  } catch (error) {
    if (error instanceof ChatError) throw error;
    throw new ChatError('store-unavailable', `cannot use the NATS bucket ${name}: ${thrownMessage(error)}`, {
      hint: 'Try again when NATS answers; repair the bucket with nats kv if it is damaged.',
      cause: error,
    });
  }
}

/** Works on the accounts that servers share in NATS, without a server. Throws as `openAccountBucket` does. */
export async function withAccountBucket<Result>(
  options: NatsStoreOptions,
  work: (store: AccountStore) => Promise<Result>,
): Promise<Result> {
  const link = await openNatsLink(options, pino({ level: 'silent' }));
  try {
    const bucket = await openAccountBucket(link, options);
    // A server sets the note too: one that cannot be set from here is no failure.
    return await work(withUsersAddedNote(bucket, usersAddedInStream(link, options.stream), () => undefined));
  } finally {
    await link.close();
  }
}

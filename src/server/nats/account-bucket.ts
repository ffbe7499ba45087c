import { setTimeout as wait } from 'node:timers/promises';
import type { KV, KvEntry } from '@nats-io/kv';
import { ChatError } from '../../shared/errors.js';
import { thrownMessage } from '../../shared/thrown-message.js';
import { emptySnapshot, requireUndamaged, type AccountsSnapshot } from '../accounts/accounts-snapshot.js';
import { formatSnapshot, parseSnapshot } from '../accounts/account-format.js';
import type { AccountStore } from '../accounts/account-store.js';
import { openBucket, withBucketName } from './bucket.js';
import { isConflict, isStreamMissing } from './nats-request.js';
import { type NatsLink, openNatsLink } from './nats-link.js';
import type { NatsStoreOptions } from './nats-store-options.js';
import { pino } from 'pino';
import { withUsersAddedNote } from '../accounts/users-added.js';
import { usersAddedInStream } from './users-added-in-stream.js';

/** The only key of the bucket: all accounts, as in `accounts.json`. */
const key = 'book';
const maxAttempts = 50;
const retryDelayMs = 20;
const rewatchDelayMs = 1000;
/** How often to check that the bucket is still the same one. */
const checkIntervalMs = 2000;

/** The bucket is shared and created if absent. Throws `unreachable` or `usage` if NATS does not provide it. */
export async function openAccountBucket(
  link: NatsLink,
  { stream, replicas = 1 }: Pick<NatsStoreOptions, 'stream' | 'replicas'>,
): Promise<AccountStore> {
  const name = `${stream}_accounts`;
  const missing = (): ChatError =>
    new ChatError(
      'store-unavailable',
      `users were added here, but the NATS bucket ${name} or its content is gone`,
      {
        hint: 'Restore it from a backup, or add the users again: chat users add NAME --store nats://…',
      },
    );
  const bucket = await openBucket(link, name, replicas);

  return {
    read: () => withBucketName(name, async () => readSnapshot(bucket, missing)),
    update: (change) => withBucketName(name, () => update(bucket, change)),
    watch: (changed, broken) => watchSnapshot(link, bucket, changed, broken),
    missing,
  };
}

async function update(bucket: KV, change: (snapshot: AccountsSnapshot) => AccountsSnapshot): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const entry = await bucket.get(key);
    // If the accounts were deleted, adding users repairs that.
    const before = isDeletion(entry) ? { ...emptySnapshot, initialised: true } : snapshotOf(entry);
    requireUndamaged(before);
    const after = change(before);
    if (after === before) return;
    try {
      await bucket.put(key, formatSnapshot(after), { previousSeq: entry?.revision ?? 0 });
      return;
    } catch (error) {
      if (!isConflict(error) || attempt === maxAttempts) throw error;
    }
    // Random, so that two writers do not collide again and again.
    await wait(retryDelayMs * (0.5 + Math.random()));
  }
}

async function readSnapshot(bucket: KV, missing: () => ChatError): Promise<AccountsSnapshot> {
  const entry = await bucket.get(key);
  if (isDeletion(entry)) throw missing();
  // A purged stream continues its sequences: what was purged from this bucket can only have been accounts.
  if (!entry && (await bucket.status()).streamInfo.state.last_seq > 0) throw missing();
  return snapshotOf(entry);
}

const isDeletion = (entry: KvEntry | null): boolean => entry !== null && entry.operation !== 'PUT';

/** Removing a user leaves a snapshot without that user, so only an operator can have deleted the key. */
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

  const deliver = (entry: KvEntry): void => {
    try {
      changed(snapshotOf(entry));
    } catch (error) {
      broken(error instanceof Error ? error : new Error(thrownMessage(error)));
    }
  };

  /** Ends when the bucket is deleted or replaced, which the library does not notice. */
  const follow = async (): Promise<void> => {
    const first = await createdAt(bucket);
    let newest = 0;
    const deliverNewer = (entry: KvEntry): void => {
      if (signal.aborted || entry.revision <= newest) return;
      newest = entry.revision;
      deliver(entry);
    };
    const entries = await bucket.watch({ key });
    const stop = (): void => entries.stop();
    signal.addEventListener('abort', stop, { once: true });
    // Changes made while NATS was away: the library may take longer to find them.
    const removeUpListener = link.onUp(
      () => void bucket.get(key).then((entry) => entry && deliverNewer(entry), ignore),
    );
    const checkBucket = async (): Promise<void> => {
      if ((await createdAt(bucket)) !== first) stop();
    };
    const checkTimer = setInterval(() => {
      checkBucket().catch((error: unknown) => {
        if (isStreamMissing(error)) stop();
      });
    }, checkIntervalMs).unref();
    try {
      for await (const entry of entries) deliverNewer(entry);
    } finally {
      clearInterval(checkTimer);
      removeUpListener();
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
        // Otherwise NATS is away: the link reports that, and the accounts stay as they are.
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

async function createdAt(bucket: KV): Promise<string> {
  return (await bucket.status()).streamInfo.created;
}

/** NATS is away, or the watch has ended. */
const ignore = (): void => undefined;

/** For commands without a server. Throws as `openAccountBucket` does. */
export async function withAccountBucket<Result>(
  options: NatsStoreOptions,
  work: (store: AccountStore) => Promise<Result>,
): Promise<Result> {
  const link = await openNatsLink(options, pino({ level: 'silent' }));
  try {
    const bucket = await openAccountBucket(link, options);
    // The server sets the note too.
    return await work(withUsersAddedNote(bucket, usersAddedInStream(link, options.stream), () => undefined));
  } finally {
    await link.close();
  }
}

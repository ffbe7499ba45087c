import { pino } from 'pino';
import type { AccountStore } from '../accounts/account-store.js';
import { withUsersAddedNote } from '../accounts/users-added.js';
import { openAccountBucket } from './account-bucket.js';
import { connectNats } from './nats-link.js';
import { usersAddedInStream } from './users-added-in-stream.js';
import type { NatsStoreOptions } from './nats-store-options.js';

/** Works on the accounts that servers share in NATS, without a server. Throws as `openAccountBucket` does. */
export async function withAccountBucket<Result>(
  options: NatsStoreOptions,
  work: (store: AccountStore) => Promise<Result>,
): Promise<Result> {
  const link = await connectNats(options, pino({ level: 'silent' }));
  try {
    const bucket = await openAccountBucket(link, options);
    // A server sets the note too: one that cannot be set from here is no failure.
    return await work(withUsersAddedNote(bucket, usersAddedInStream(link, options.stream), () => undefined));
  } finally {
    await link.close();
  }
}

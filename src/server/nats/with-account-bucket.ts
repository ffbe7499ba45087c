import { pino } from 'pino';
import type { AccountStore } from '../accounts/account-store.js';
import { openAccountBucket } from './account-bucket.js';
import { connectNats } from './nats-link.js';
import type { NatsStoreOptions } from './nats-store-options.js';

/** Works on the accounts that servers share in NATS, without a server. Throws as `openAccountBucket` does. */
export async function withAccountBucket<Result>(
  options: NatsStoreOptions,
  work: (store: AccountStore) => Promise<Result>,
): Promise<Result> {
  const link = await connectNats(options, pino({ level: 'silent' }));
  try {
    return await work(await openAccountBucket(link, options));
  } finally {
    await link.close();
  }
}

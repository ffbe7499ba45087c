import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

type CredentialDigest = (nameKey: string, password: string) => Buffer;

/** The last correct credentials of an account. */
export type CachedCredential = {
  readonly digest: Buffer;
  /** In monotonic milliseconds; every use extends it. */
  until: number;
};

// Every call carries credentials: an active user's password is hashed once, an idle user's is forgotten.
const cacheTimeMs = 5 * 60_000;

/** The digest reveals neither name nor password: its key exists only in the memory of this process. */
export function createCredentialDigest(): CredentialDigest {
  const key = randomBytes(32);
  return (nameKey, password) =>
    createHmac('sha256', key).update(`${nameKey.length} ${nameKey}${password}`).digest();
}

export function cacheCredential(digest: Buffer, now: number): CachedCredential {
  return { digest, until: now + cacheTimeMs };
}

/** A match extends the entry. */
export function isCached(cached: CachedCredential | undefined, digest: Buffer, now: number): boolean {
  if (!cached || now >= cached.until) return false;
  if (!timingSafeEqual(cached.digest, digest)) return false;
  cached.until = now + cacheTimeMs;
  return true;
}

import * as crypto from 'node:crypto';

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
  const key = crypto.randomBytes(32).toString('hex');
  return (nameKey, password) => sha256(`${key} ${nameKey.length} ${nameKey}${password}`);
}

// Every call pays for this. Node has `hash` since 20.12; it takes half the time of a Hash object.
const sha256 =
  'hash' in crypto
    ? (text: string): Buffer => crypto.hash('sha256', text, 'buffer')
    : (text: string): Buffer => crypto.createHash('sha256').update(text).digest();

export function cacheCredential(digest: Buffer, now: number): CachedCredential {
  return { digest, until: now + cacheTimeMs };
}

/** A match extends the entry. */
export function isCached(cached: CachedCredential | undefined, digest: Buffer, now: number): boolean {
  if (!cached || now >= cached.until) return false;
  if (!crypto.timingSafeEqual(cached.digest, digest)) return false;
  cached.until = now + cacheTimeMs;
  return true;
}

import * as crypto from 'node:crypto';

/** A name and password in any form, told from all others by 32 bytes that reveal neither. */
export type CredentialDigest = (nameKey: string, password: string) => Buffer;

/** The password of one account as it was last found right. */
export type CachedCredential = {
  readonly digest: Buffer;
  /** Until when it counts, in monotonic milliseconds; every use puts it off. */
  until: number;
};

// Credentials come with every call: an active caller's password is hashed once, and an idle one's is forgotten.
const cacheTimeMs = 5 * 60_000;

/** A digest under a key that only this process has and that is never written down. */
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

/** Whether the remembered password is this one; if so it is remembered for another five minutes. */
export function isCached(cached: CachedCredential | undefined, digest: Buffer, now: number): boolean {
  if (!cached || now >= cached.until) return false;
  if (!crypto.timingSafeEqual(cached.digest, digest)) return false;
  cached.until = now + cacheTimeMs;
  return true;
}

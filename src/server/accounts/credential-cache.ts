import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** A name and password in any form, told from all others by 32 bytes that reveal neither. */
export type PasswordDigest = (nameKey: string, password: string) => Buffer;

/** The password of one account as it was last found right. */
export type RememberedPassword = {
  readonly digest: Buffer;
  /** Until when it counts, in monotonic milliseconds; every use puts it off. */
  until: number;
};

// Credentials come with every call: an active caller's password is hashed once, and an idle one's is forgotten.
const rememberedFor = 5 * 60_000;

/** A digest under a key that only this process has and that is never written down. */
export function createPasswordDigest(): PasswordDigest {
  const key = randomBytes(32);
  return (nameKey, password) =>
    createHmac('sha256', key).update(`${nameKey.length} ${nameKey}${password}`).digest();
}

/** A password that was just found right. */
export function rememberPassword(digest: Buffer, now: number): RememberedPassword {
  return { digest, until: now + rememberedFor };
}

/** Whether the remembered password is this one; if so it is remembered for another five minutes. */
export function recallsPassword(
  remembered: RememberedPassword | undefined,
  digest: Buffer,
  now: number,
): boolean {
  if (!remembered || now >= remembered.until) return false;
  if (!timingSafeEqual(remembered.digest, digest)) return false;
  remembered.until = now + rememberedFor;
  return true;
}

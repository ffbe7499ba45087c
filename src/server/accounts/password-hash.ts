import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/**
 * A password's hash, with all it takes to check one against it. As text it is a PHC string,
 * `$scrypt$ln=15,r=8,p=1$SALT$KEY` (github.com/P-H-C/phc-string-format), with unpadded base64.
 */
export type PasswordHash = {
  readonly cost: ScryptCost;
  readonly salt: Buffer;
  readonly key: Buffer;
};

/** scrypt's parameters (RFC 7914): N is 2^logN, memory is 128·N·r bytes. */
export type ScryptCost = { readonly logN: number; readonly r: number; readonly p: number };

/** Passwords are hashed and compared through this port, so that a test can count and hold the work. */
export type PasswordHashing = {
  /** What `hash` spends; a hash that cost less is made again at its account's next login. */
  readonly cost: ScryptCost;
  hash(password: string): Promise<PasswordHash>;
  /** Whether the password gives this hash; takes the same time either way. */
  verify(password: string, hash: PasswordHash): Promise<boolean>;
};

/** What passwords are hashed with now: 32 MiB and about 80 ms. */
const currentCost: ScryptCost = { logN: 15, r: 8, p: 1 };

const keyLength = 32;
const saltLength = 16;
// What is read from a file may cost this much at most, 256 MiB, or one login could take the server down.
const maxCost: ScryptCost = { logN: 17, r: 16, p: 4 };
const phcForm = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d)\$([A-Za-z0-9+/]{22,86})\$([A-Za-z0-9+/]{43})$/;

/** Hashing by scrypt of `node:crypto`, off the main thread. */
export function scryptHashing(cost: ScryptCost = currentCost): PasswordHashing {
  return {
    cost,
    async hash(password) {
      const salt = randomBytes(saltLength);
      return { cost, salt, key: await deriveKey(password, salt, cost) };
    },
    async verify(password, { cost, salt, key }) {
      return timingSafeEqual(await deriveKey(password, salt, cost), key);
    },
  };
}

/** A hash that no password gives (but by a chance of 2^-256), to spend on an unknown user what a known one costs. */
export function randomHash(cost: ScryptCost): PasswordHash {
  return { cost, salt: randomBytes(saltLength), key: randomBytes(keyLength) };
}

/** Whether a hash was made cheaper than hashes are made now. */
export function needsRehash({ cost }: PasswordHash, now: ScryptCost): boolean {
  return cost.logN < now.logN || cost.r < now.r || cost.p < now.p;
}

export function formatPasswordHash({ cost, salt, key }: PasswordHash): string {
  return `$scrypt$ln=${cost.logN},r=${cost.r},p=${cost.p}$${unpadded(salt)}$${unpadded(key)}`;
}

/** Reads what `formatPasswordHash` wrote; undefined for anything else and for costs out of bounds. */
export function parsePasswordHash(text: string): PasswordHash | undefined {
  const [, logN, r, p, salt, key] = phcForm.exec(text) ?? [];
  if (salt === undefined || key === undefined) return undefined;
  const cost = { logN: Number(logN), r: Number(r), p: Number(p) };
  if (!isAffordable(cost)) return undefined;
  return { cost, salt: Buffer.from(salt, 'base64'), key: Buffer.from(key, 'base64') };
}

function isAffordable({ logN, r, p }: ScryptCost): boolean {
  const within = (value: number, highest: number) => value >= 1 && value <= highest;
  return within(logN, maxCost.logN) && within(r, maxCost.r) && within(p, maxCost.p);
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}

function deriveKey(password: string, salt: Buffer, { logN, r, p }: ScryptCost): Promise<Buffer> {
  const N = 2 ** logN;
  // Node's own limit is 32 MiB, just below what N = 2^15 and r = 8 take with their working memory.
  const maxmem = 128 * N * r + 128 * r * p + 1024 * 1024;
  return new Promise((resolve, reject) => {
    scrypt(password, salt, keyLength, { N, r, p, maxmem }, (error, key) => {
      if (error) reject(error);
      else resolve(key);
    });
  });
}

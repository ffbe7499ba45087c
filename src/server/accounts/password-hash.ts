import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** As text it is a PHC string (github.com/P-H-C/phc-string-format), with unpadded base64. */
export type PasswordHash = {
  readonly cost: ScryptCost;
  readonly salt: Buffer;
  readonly key: Buffer;
};

/** scrypt's parameters (RFC 7914): N is 2^logN, memory is 128·N·r bytes. */
export type ScryptCost = { readonly logN: number; readonly r: number; readonly p: number };

/** The port for hashing, so that tests can count and delay it. */
export type PasswordHashing = {
  /** The cost of `hash`; a cheaper hash is replaced at its account's next login. */
  readonly cost: ScryptCost;
  hash(password: string): Promise<PasswordHash>;
  /** Takes the same time whether the password matches or not. */
  verify(password: string, hash: PasswordHash): Promise<boolean>;
};

/** 32 MiB and about 80 ms. */
const currentCost: ScryptCost = { logN: 15, r: 8, p: 1 };

const keyBytes = 32;
const saltBytes = 16;
// 256 MiB: a hash read from a file must not exhaust the memory of the server.
const maxCost: ScryptCost = { logN: 17, r: 16, p: 4 };
const phcForm = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d)\$([A-Za-z0-9+/]{22,86})\$([A-Za-z0-9+/]{43})$/;

/** scrypt of `node:crypto`, which runs off the main thread. */
export function scryptHashing(cost: ScryptCost = currentCost): PasswordHashing {
  return {
    cost,
    async hash(password) {
      const salt = randomBytes(saltBytes);
      return { cost, salt, key: await deriveKey(password, salt, cost) };
    },
    async verify(password, { cost, salt, key }) {
      return timingSafeEqual(await deriveKey(password, salt, cost), key);
    },
  };
}

/** A hash that no password matches, so that an unknown user costs as much time as a known one. */
export function randomHash(cost: ScryptCost): PasswordHash {
  return { cost, salt: randomBytes(saltBytes), key: randomBytes(keyBytes) };
}

export function needsRehash({ cost }: PasswordHash, now: ScryptCost): boolean {
  return cost.logN < now.logN || cost.r < now.r || cost.p < now.p;
}

export function formatPasswordHash({ cost, salt, key }: PasswordHash): string {
  return `$scrypt$ln=${cost.logN},r=${cost.r},p=${cost.p}$${unpadded(salt)}$${unpadded(key)}`;
}

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
  // Node's default of 32 MiB is just below what N = 2^15 and r = 8 need.
  const maxmem = 128 * N * r + 128 * r * p + 1024 * 1024;
  return new Promise((resolve, reject) => {
    scrypt(password, salt, keyBytes, { N, r, p, maxmem }, (error, key) => {
      if (error) reject(error);
      else resolve(key);
    });
  });
}

import type { PasswordHash, PasswordHashing } from './password-hash.js';

/** All hashing of a server goes through here: it takes a core and 32 MiB each time. */
export type PasswordChecks = {
  /** Whether the password gives the hash. Checks with the same `key` at the same time are one, with one result. */
  check(key: string, password: string, hash: PasswordHash): Promise<boolean>;
  /** Hashes a password, after all checks that wait. */
  hash(password: string): Promise<PasswordHash>;
};

/** How much hashing is done at once; the other two of Node's four threads stay free for files and names. */
const maxHashingAtOnce = 2;

/** Makes the queue in front of `hashing`. Checks are done in the order in which they come. */
export function createPasswordChecks(hashing: PasswordHashing): PasswordChecks {
  const checks: (() => Promise<unknown>)[] = [];
  const hashes: (() => Promise<unknown>)[] = [];
  const results = new Map<string, Promise<boolean>>();
  let running = 0;

  function advance(): void {
    while (running < maxHashingAtOnce) {
      const next = checks.shift() ?? hashes.shift();
      if (!next) return;
      running++;
      void next().finally(() => {
        running--;
        advance();
      });
    }
  }

  function queued<Result>(queue: (() => Promise<unknown>)[], work: () => Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      queue.push(() => work().then(resolve, reject));
      advance();
    });
  }

  return {
    check(key, password, hash) {
      const same = results.get(key);
      if (same) return same;
      const result = queued(checks, () => hashing.verify(password, hash)).finally(() => results.delete(key));
      results.set(key, result);
      return result;
    },
    hash: (password) => queued(hashes, () => hashing.hash(password)),
  };
}

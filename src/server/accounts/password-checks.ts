import type { PasswordHash, PasswordHashing } from './password-hash.js';

type PasswordChecks = {
  /** Concurrent checks with the same `key` share one result. */
  check(key: string, password: string, hash: PasswordHash): Promise<boolean>;
  /** Runs after all waiting checks. */
  hash(password: string): Promise<PasswordHash>;
};

/** Leaves two of Node's four pool threads for files and DNS. */
const maxHashingAtOnce = 2;

/** All hashing of a server is queued here, since each hash takes a core and 32 MiB. Checks run in their order. */
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

import { errorCode } from '../../../shared/error-code.js';
import { thrownMessage } from '../../../shared/thrown-message.js';

/** One change of a write. */
export type Operation =
  | { readonly type: 'put'; readonly key: Uint8Array; readonly value: Uint8Array }
  | { readonly type: 'del'; readonly key: Uint8Array };

/** The keys from `from` up to, but not including, `to`. */
export type KeyRange = { readonly from: Uint8Array; readonly to: Uint8Array };

/** A key and its value. */
export type Pair = readonly [key: Uint8Array, value: Uint8Array];

type ScanOptions = KeyRange & {
  readonly reverse?: boolean;
  /** Approximate; fetched ahead at once. */
  readonly pageBytes?: number;
  /** Each pair fetched costs: set it if few are needed. */
  readonly pagePairs?: number;
};

/** A database with ordered keys. All but `get` work off the main thread. Rejects with the database's own errors. */
export type OrderedStore = {
  /** All or nothing; resolves when it is flushed to the disk, or with `unflushed` before: the next flush includes it. */
  write(operations: readonly Operation[], how?: 'unflushed'): Promise<void>;
  /** Reads synchronously: for small values that are mostly absent, which a filter in memory shows. */
  get(key: Uint8Array): Uint8Array | undefined;
  /** A damaged value rejects with `isDamage`. */
  read(key: Uint8Array): Promise<Uint8Array | undefined>;
  /** Passes pairs in key order until `take` returns false or the range ends; true if it ended. */
  scan(options: ScanOptions, take: (pair: Pair) => boolean): Promise<boolean>;
  /** Invalid UTF-8 becomes U+FFFD. For small values, at a third of the cost of bytes; large ones cost far more. */
  texts(range: KeyRange): Promise<readonly string[]>;
  /** Approximate, compressed; recent writes may be missing. */
  diskBytes(range: KeyRange): Promise<number>;
  /** Frees the disk space of removed keys. */
  compact(range: KeyRange): Promise<void>;
  close(): Promise<void>;
};

/** A file of the database is absent, of another kind, or too short. */
const wrongFile =
  /^IO error: .*\/(CURRENT|MANIFEST-\d+|\d+\.(ldb|sst|log)|\.\.): (No such file or directory|Is a directory|Not a directory|No such device|Invalid argument)$/;

/** True if the database reports damage, false if it could not read. */
export function isDamage(error: unknown): boolean {
  if (errorCode(error) === 'LEVEL_CORRUPTION') return true;
  // Errors of synchronous reads have no code.
  const message = thrownMessage(error);
  return message.startsWith('Corruption: ') || wrongFile.test(message);
}

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

/** How a scan goes. */
type ScanOptions = KeyRange & {
  readonly reverse?: boolean;
  /** About how many bytes are fetched ahead at once. */
  readonly pageBytes?: number;
  /** At most how many pairs are fetched at once: who wants few should say so, since each one fetched costs. */
  readonly pagePairs?: number;
};

/**
 * A database on disk with ordered keys, as a log needs it. All but `get` work off the main thread.
 * Rejections are the database's own errors.
 */
export type OrderedStore = {
  /** Writes all or nothing; resolves when it is flushed to the disk. */
  write(operations: readonly Operation[]): Promise<void>;
  /** Reads at once, on this thread: for small values that are mostly not there (a filter in memory says so). */
  get(key: Uint8Array): Uint8Array | undefined;
  /** Reads one value; a damaged one rejects with `isDamage`. */
  read(key: Uint8Array): Promise<Uint8Array | undefined>;
  /** Hands over pairs in key order until `take` returns false or the range ends; true if it ended. */
  scan(options: ScanOptions, take: (pair: Pair) => boolean): Promise<boolean>;
  /**
   * Reads the values of a range in key order as text; what is not UTF-8 becomes U+FFFD. For many small values: each
   * costs a third of what its bytes would, but a large one far more, and on this thread.
   */
  texts(range: KeyRange): Promise<readonly string[]>;
  /** About how many bytes a range takes on the disk, compressed; what was written last may be missing. */
  diskBytes(range: KeyRange): Promise<number>;
  /** Gives the disk space of removed keys back. */
  compact(range: KeyRange): Promise<void>;
  close(): Promise<void>;
};

/** Of a file of the database: it is absent, of another kind, or shorter than what should be in it. */
const wrongFile =
  /^IO error: .*\/(CURRENT|MANIFEST-\d+|\d+\.(ldb|sst|log)|\.\.): (No such file or directory|Is a directory|Not a directory|No such device|Invalid argument)$/;

/** True if the database says that what it read is damaged, not that it could not read. */
export function isDamage(error: unknown): boolean {
  if (errorCode(error) === 'LEVEL_CORRUPTION') return true;
  // Errors of reads on the main thread have no code.
  const message = thrownMessage(error);
  return message.startsWith('Corruption: ') || wrongFile.test(message);
}

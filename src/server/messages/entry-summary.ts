import { decodeText } from '../../shared/text.js';
import { wireType, WireReader } from '../../shared/wire-reader.js';

/** What counts need of an entry, found without decoding its content. */
export type EntrySummary = {
  /** The name of the sender; empty if there is none. */
  readonly sender: string;
};

const fields = { message: 1, from: 4 } as const;

/** Of the bytes of an `Entry`. */
export function summaryOf(entry: Uint8Array): EntrySummary {
  const message = fieldOf(entry, fields.message);
  const from = message && fieldOf(message, fields.from);
  return { sender: from ? decodeText(from) : '' };
}

/** The last one counts. */
function fieldOf(bytes: Uint8Array, wanted: number): Uint8Array | undefined {
  const reader = new WireReader(bytes);
  let found: Uint8Array | undefined;
  while (!reader.isAtEnd) {
    const tag = reader.tag();
    const length = tag === undefined ? undefined : reader.skip(tag);
    if (length === undefined) return found;
    if (tag === wanted * 8 + wireType.bytes) found = reader.skipped(length);
  }
  return found;
}

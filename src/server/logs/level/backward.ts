import { decodedEntries, pageSize } from '../../room/backward.js';
import type { DecodedEntry, MessageLog } from '../../room/message-log.js';
import { decodeEntry } from './entry-reader.js';
import { entryKey } from './level-records.js';
import { isDamage, type OrderedStore, type ValueLimits } from './ordered-store.js';

/** What is read from. */
export type BackwardOptions = {
  /** Reads past holes and damage, and tells of them. */
  readonly readBefore: MessageLog['readBefore'];
  /** As `undamagedValues`. */
  readonly readValues: (newest: number, limits: ValueLimits) => Promise<readonly Uint8Array[]>;
  readonly oldest: () => number;
};

/**
 * Reads the log as `pagesBefore` does, in a third of the time: without keys as long as every value is the message
 * that must stand there. Where one is not, `readBefore` finds out why and reads on behind it.
 */
export async function* readBackward(
  { readBefore, readValues, oldest }: BackwardOptions,
  before: number,
): AsyncGenerator<readonly DecodedEntry[], void, undefined> {
  let place = before;
  for (;;) {
    const careful = await readBefore(place, pageSize.maxCount, pageSize.maxBytes);
    const last = careful.at(-1);
    if (!last) return;
    yield decodedEntries(careful);
    place = last.sequence;
    while (place > oldest()) {
      const maxCount = Math.min(pageSize.maxCount, place - oldest());
      const entries = consecutive(await readValues(place - 1, { ...pageSize, maxCount }), place - 1);
      if (entries.length === 0) break;
      yield entries;
      place -= entries.length;
    }
  }
}

/** The stored values from sequence `newest` downwards, whatever they belong to; none where a part is damaged. */
export async function undamagedValues(
  store: Pick<OrderedStore, 'valuesDown'>,
  newest: number,
  limits: ValueLimits,
): Promise<readonly Uint8Array[]> {
  try {
    return await store.valuesDown(entryKey(newest), limits);
  } catch (error) {
    if (isDamage(error)) return [];
    throw error;
  }
}

/** The entries from sequence `newest` downwards, up to the first value that is not the next of them. */
function consecutive(values: readonly Uint8Array[], newest: number): readonly DecodedEntry[] {
  const entries: DecodedEntry[] = [];
  for (const [index, bytes] of values.entries()) {
    const entry = decodeEntry(newest - index, bytes);
    if (!entry) break;
    entries.push(entry);
  }
  return entries;
}

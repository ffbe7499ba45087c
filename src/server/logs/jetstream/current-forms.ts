import { decodeMessages } from '../../../shared/codec.js';
import { matches, type Entry } from '../../messages/message-log.js';
import type { EntryRange } from '../log-tail.js';

/** A message whose place in the stream is empty. */
export type FormPlace = { readonly sequence: number; readonly timestamp: number };

/** Edited and deleted messages, by sequence. */
export type CurrentForms = {
  put(entry: Entry): void;
  get(sequence: number): Entry | undefined;
  /** Those that match, ascending. */
  within(range: Pick<EntryRange, 'from' | 'to' | 'of'>): readonly Entry[];
  /** Below this sequence, the newest first. */
  below(sequence: number): readonly FormPlace[];
  dropBelow(sequence: number): void;
  /** The lowest sequence, Infinity if there is none. */
  readonly first: () => number;
};

/** Finding a range is a binary search. */
export function createCurrentForms(): CurrentForms {
  const forms = new Map<number, FormPlace & { readonly entry: Entry }>();
  const sequences: number[] = [];

  const indexOf = (sequence: number): number => {
    let low = 0;
    let high = sequences.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((sequences[middle] ?? 0) < sequence) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  const between = (from: number, to: number) =>
    sequences.slice(indexOf(from), indexOf(to + 1)).flatMap((sequence) => forms.get(sequence) ?? []);

  return {
    put(entry) {
      const { sequence, bytes } = entry;
      if (!forms.has(sequence)) sequences.splice(indexOf(sequence), 0, sequence);
      forms.set(sequence, { entry, sequence, timestamp: decodeMessages(bytes)[0]?.timestamp ?? 0 });
    },
    get: (sequence) => forms.get(sequence)?.entry,
    within: ({ from, to, of }) =>
      between(from, to).flatMap(({ entry }) => (matches(entry, of) ? [entry] : [])),
    below: (sequence) => between(0, sequence - 1).toReversed(),
    dropBelow(sequence) {
      for (const dropped of sequences.splice(0, indexOf(sequence))) forms.delete(dropped);
    },
    first: () => sequences[0] ?? Infinity,
  };
}

import { createHash } from 'node:crypto';
import { ChatError } from '../../shared/errors.js';

/** Describes a saved state of the rooms (`RoomStateStore`), which stores keep in parts. */
export type StateHeader = {
  /** The newest sequence that the state contains. */
  readonly upTo: number;
  readonly parts: number;
  readonly digest: string;
};

/** A state in the form in which it is stored. */
export type SplitState = { readonly header: StateHeader; readonly parts: readonly Uint8Array[] };

/** At least one part. */
export function splitState(upTo: number, bytes: Uint8Array, partBytes: number): SplitState {
  const count = Math.max(1, Math.ceil(bytes.length / partBytes));
  const parts = Array.from({ length: count }, (_, index) =>
    bytes.subarray(index * partBytes, (index + 1) * partBytes),
  );
  return { header: { upTo, parts: count, digest: digestOf([bytes]) }, parts };
}

/** Undefined if a part is missing or damaged. */
export function joinState({ digest }: StateHeader, parts: readonly Uint8Array[]): Uint8Array | undefined {
  return digestOf(parts) === digest ? Buffer.concat(parts) : undefined;
}

/** One line. */
export function formatHeader({ upTo, parts, digest }: StateHeader): string {
  return `${upTo} ${parts} ${digest}\n`;
}

export function parseHeader(text: string): StateHeader | undefined {
  const [, upTo, parts, digest] = /^(\d{1,16}) (\d{1,6}) ([0-9a-f]{64})\n$/.exec(text) ?? [];
  return digest === undefined ? undefined : { upTo: Number(upTo), parts: Number(parts), digest };
}

/** The entries that could replace a damaged state were removed. */
export function damagedState(code: 'data-directory' | 'store-unavailable', place: string): ChatError {
  return new ChatError(code, `the saved rooms in ${place} are damaged`, {
    hint: 'Restore them from a backup; nothing was changed.',
  });
}

function digestOf(parts: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

import { mentionAll } from '../../shared/message.js';
import { decodeText } from '../../shared/text.js';
import { readFields, wireType, WireReader } from '../../shared/wire-reader.js';

/** What counts need of an entry, found without decoding its content. */
export type EntrySummary = {
  /** The name of the sender; empty if there is none. */
  readonly sender: string;
  readonly mentionedAccounts: readonly string[];
  readonly mentionsAll: boolean;
};

const fields = { message: 1, from: 4, detail: 7 } as const;
const detailFields = { mentions: 5, mentionedAccounts: 11 } as const;
/** More than a message can have. */
const maxMentions = 100;

/** Of the bytes of an `Entry`. */
export function summaryOf(entry: Uint8Array): EntrySummary {
  const message = fieldOf(entry, fields.message);
  const from = message && fieldOf(message, fields.from);
  const detail = message && fieldOf(message, fields.detail);
  const textsIn = (field: number): string[] =>
    (detail && readFields(detail, { field, maxValues: maxMentions })?.values.map(decodeText)) ?? [];
  return {
    sender: from ? decodeText(from) : '',
    mentionedAccounts: textsIn(detailFields.mentionedAccounts),
    mentionsAll: textsIn(detailFields.mentions).includes(mentionAll),
  };
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

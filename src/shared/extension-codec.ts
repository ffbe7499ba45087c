import { chat } from './generated/messages.js';
import { decoded, plainNumber } from './protobuf-values.js';

const { HistoryRequest, Online: OnlineMessage, SearchRequest } = chat.v1;

export const pageSizes = { default: 50, max: 500 } as const;

/** A page of messages. */
export type HistoryQuery = {
  /** A sequence, exclusive; 0 for the newest page. */
  readonly before: number;
  /** Asks for the page after this sequence instead; 0 for the oldest page. */
  readonly after?: number;
  /** At most `pageSizes.max`; 0 for `pageSizes.default`. */
  readonly limit: number;
};

/** A page of the messages with a text. */
export type SearchQuery = Omit<HistoryQuery, 'after'> & { readonly text: string };

/** Who is online, and why the server cannot store messages at the moment, such as `its disk is full`. */
export type Online = { readonly names: readonly string[]; readonly storageProblem?: string | undefined };

export function encodeHistoryQuery({ before, limit, after }: HistoryQuery): Uint8Array {
  return HistoryRequest.encode({ before, limit, ...(after !== undefined && { after }) }).finish();
}

/** The `limit` of the result is within `pageSizes`. Throws `message-refused` if the bytes are not a `HistoryRequest`. */
export function decodeHistoryQuery(bytes: Uint8Array): HistoryQuery {
  const { before, limit, after } = decoded('request', () => HistoryRequest.decode(bytes));
  const page = { before: plainNumber(before), limit: pageSize(limit) };
  return after === null || after === undefined ? page : { ...page, after: plainNumber(after) };
}

export function encodeSearchQuery({ text, before, limit }: SearchQuery): Uint8Array {
  return SearchRequest.encode({ text, before, limit }).finish();
}

/** The `limit` of the result is within `pageSizes`. Throws `message-refused` if the bytes are not a `SearchRequest`. */
export function decodeSearchQuery(bytes: Uint8Array): SearchQuery {
  const { text, before, limit } = decoded('request', () => SearchRequest.decode(bytes));
  return { text, before: plainNumber(before), limit: pageSize(limit) };
}

export function encodeOnline({ names, storageProblem }: Online): Uint8Array {
  const users = names.map((name) => ({ name }));
  return OnlineMessage.encode({ users, ...(storageProblem !== undefined && { storageProblem }) }).finish();
}

function pageSize(limit: number | null | undefined): number {
  return limit ? Math.min(limit, pageSizes.max) : pageSizes.default;
}

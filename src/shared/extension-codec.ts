import { chat, qtgrpc } from './generated/messages.js';
import { decoded, plainNumber } from './protobuf-values.js';

const { HistoryRequest, SearchRequest } = chat.v1;
const { Users } = qtgrpc.examples.chat;

/** How many messages a page has: what `limit` 0 means, and at most. */
export const pageSizes = { usual: 50, most: 500 } as const;

/** Which page of messages is wanted. */
export type HistoryQuery = {
  /** A sequence, exclusive; 0: from the newest. */
  readonly before: number;
  /** 0: `pageSizes.usual`. More than `pageSizes.most` means that. */
  readonly limit: number;
};

/** Which messages are looked for. */
export type SearchQuery = HistoryQuery & { readonly text: string };

/** The bytes of a `HistoryRequest`. */
export function encodeHistoryQuery({ before, limit }: HistoryQuery): Uint8Array {
  return HistoryRequest.encode({ before, limit }).finish();
}

/** Reads a `HistoryRequest`, its limit filled in and bounded; broken protobuf throws `message-refused`. */
export function decodeHistoryQuery(bytes: Uint8Array): HistoryQuery {
  const { before, limit } = decoded(() => HistoryRequest.decode(bytes));
  return { before: plainNumber(before), limit: pageSize(limit) };
}

/** The bytes of a `SearchRequest`. */
export function encodeSearchQuery({ text, before, limit }: SearchQuery): Uint8Array {
  return SearchRequest.encode({ text, before, limit }).finish();
}

/** Reads a `SearchRequest`, its limit filled in and bounded; broken protobuf throws `message-refused`. */
export function decodeSearchQuery(bytes: Uint8Array): SearchQuery {
  const { text, before, limit } = decoded(() => SearchRequest.decode(bytes));
  return { text, before: plainNumber(before), limit: pageSize(limit) };
}

/** The bytes of a `Users` that holds these names and no passwords. */
export function encodeUserNames(names: readonly string[]): Uint8Array {
  return Users.encode({ users: names.map((name) => ({ name })) }).finish();
}

function pageSize(limit: number | null | undefined): number {
  return limit ? Math.min(limit, pageSizes.most) : pageSizes.usual;
}

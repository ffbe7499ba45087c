import { chat } from './generated/messages.js';
import { ChatError } from './errors.js';
import { decoded, plainNumber } from './protobuf-values.js';

const { GetRequest, HistoryRequest, MentionsRequest, SearchRequest } = chat.v1;

export const pageSizes = { default: 50, max: 500 } as const;

/** The most sequences of one `GetRequest`. */
const maxSequences = 100;

/** The most rooms that a search can name. */
const maxRooms = 100;

/** A page of the entries of a room. */
export type HistoryQuery = {
  readonly room: number;
  /** A sequence, exclusive; 0 for the newest page. */
  readonly before: number;
  /** Asks for the page after this sequence instead; 0 for the oldest page. */
  readonly after?: number;
  /** At most `pageSizes.max`; 0 for `pageSizes.default`. */
  readonly limit: number;
};

/** A page of the messages with a text. */
export type SearchQuery = Pick<HistoryQuery, 'before' | 'limit'> & {
  readonly text: string;
  /** Only in these rooms; none: in all that the caller can read. */
  readonly rooms: readonly number[];
  /** Only by this user; empty: by anyone. */
  readonly from: string;
};

/** What is absent has the value 0, or is empty. */
export function encodeHistoryQuery(query: Partial<HistoryQuery>): Uint8Array {
  return HistoryRequest.encode(query).finish();
}

/** The `limit` of the result is within `pageSizes`. Throws `message-refused` if the bytes are not a `HistoryRequest`. */
export function decodeHistoryQuery(bytes: Uint8Array): HistoryQuery {
  const { room, before, limit, after } = decoded('request', () => HistoryRequest.decode(bytes));
  const page = { room: plainNumber(room), before: plainNumber(before), limit: pageSize(limit) };
  if (after === null || after === undefined) return page;
  if (page.before > 0) throw new ChatError('usage', 'a page is before or after, not both');
  return { ...page, after: plainNumber(after) };
}

/** What is absent has the value 0, or is empty. */
export function encodeSearchQuery({ rooms = [], ...query }: Partial<SearchQuery>): Uint8Array {
  return SearchRequest.encode({ ...query, rooms: [...rooms] }).finish();
}

/** The `limit` of the result is within `pageSizes`. Throws `message-refused` if the bytes are not a `SearchRequest`. */
export function decodeSearchQuery(bytes: Uint8Array): SearchQuery {
  const { text, before, limit, rooms, from } = decoded('request', () => SearchRequest.decode(bytes));
  if (text === '') throw new ChatError('usage', 'the text to search for is empty');
  if (rooms.length > maxRooms) throw new ChatError('usage', `a search names at most ${maxRooms} rooms`);
  return {
    text,
    before: plainNumber(before),
    limit: pageSize(limit),
    rooms: rooms.map(plainNumber),
    from,
  };
}

/** A page of the messages that mention the caller. */
export type MentionsQuery = Pick<HistoryQuery, 'before' | 'limit'>;

/** What is absent has the value 0. */
export function encodeMentionsQuery(query: Partial<MentionsQuery>): Uint8Array {
  return MentionsRequest.encode(query).finish();
}

/** As `decodeHistoryQuery`. */
export function decodeMentionsQuery(bytes: Uint8Array): MentionsQuery {
  const { before, limit } = decoded('request', () => MentionsRequest.decode(bytes));
  return { before: plainNumber(before), limit: pageSize(limit) };
}

export function encodeGetQuery(sequences: readonly number[]): Uint8Array {
  return GetRequest.encode({ sequences: [...sequences] }).finish();
}

/** Sorted and without duplicates. Throws `message-refused` if the bytes are not a `GetRequest`. */
export function decodeGetQuery(bytes: Uint8Array): number[] {
  const { sequences } = decoded('request', () => GetRequest.decode(bytes));
  if (sequences.length > maxSequences)
    throw new ChatError('usage', `at most ${maxSequences} messages can be requested at once`);
  return [...new Set(sequences.map(plainNumber))].sort((one, other) => one - other);
}

/** The size of a page with this `limit` in its request. */
export function pageSize(limit: number | null | undefined): number {
  return limit ? Math.min(limit, pageSizes.max) : pageSizes.default;
}

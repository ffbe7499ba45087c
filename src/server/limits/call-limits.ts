import type { ByteBudgetLimits } from './byte-budget.js';
import type { UncheckedLimits } from './unchecked-requests.js';
import type { ContentLimits } from '../../shared/message-rules.js';
import { chatExtensions, simpleChat } from '../../shared/services.js';

/** The headers of a call, names and values together. */
export const maxHeaderBytes = 8 * 1024;
/** Streams that a connection may have open at once. RFC 9113 recommends at least 100, and QtGrpc 6.8 queues none. */
export const maxStreamsPerConnection = 100;
/** A request without content: a query, a subscription, a probe. */
const maxQueryBytes = 4 * 1024;
/** What a message may take besides its content: the other fields, and what a refusal that names the limit needs. */
const envelopeBytes = 64 * 1024;

const mebibyte = 1024 * 1024;

/** How much memory requests and answers may hold. */
export const memoryLimits = {
  /** Requests whose login is not checked yet, or that need none, by address. */
  unchecked: { totalBytes: 48 * mebibyte, addressBytes: 16 * mebibyte },
  /** Requests from the announcement of their message until they are answered, by account. */
  requests: {
    totalBytes: 128 * mebibyte,
    ownerBytes: 16 * mebibyte,
    smallReserveBytes: 16 * mebibyte,
    maxWaitingPerOwner: 8,
  },
  /** Large messages on their way to readers, by account. Each stream waits for one message at most. */
  outgoing: {
    totalBytes: 64 * mebibyte,
    ownerBytes: 16 * mebibyte,
    smallReserveBytes: 0,
    maxWaitingPerOwner: Infinity,
  },
} as const satisfies Record<string, ByteBudgetLimits | UncheckedLimits>;

/** What one call of a method may send and hold, whoever makes it. */
export type CallLimits = {
  readonly maxMessageBytes: number;
  readonly maxMessages: number;
  /** Calls of this method that one account may have open at once. */
  readonly maxPerUser: number;
};

/** The largest request of any method. */
export function maxRequestBytes({ maxImageBytes, maxTextBytes }: ContentLimits): number {
  return Math.max(maxImageBytes, maxTextBytes) + envelopeBytes;
}

/** Gives the limits of the method at that path; those of a query where it has none of its own. */
export function createCallLimits(
  content: ContentLimits,
  maxStreamsPerUser: number,
): (path: string) => CallLimits {
  const query: CallLimits = { maxMessageBytes: maxQueryBytes, maxMessages: 1, maxPerUser: Infinity };
  const own: Readonly<Record<string, CallLimits>> = {
    [simpleChat.sendMessage.path]: { ...query, maxMessageBytes: maxRequestBytes(content) },
    [simpleChat.messageList.path]: { ...query, maxPerUser: maxStreamsPerUser },
    [chatExtensions.usersOnline.path]: { ...query, maxPerUser: maxStreamsPerUser },
    [chatExtensions.history.path]: { ...query, maxPerUser: 8 },
    [chatExtensions.search.path]: { ...query, maxPerUser: 16 },
  };
  return (path) => own[path] ?? query;
}

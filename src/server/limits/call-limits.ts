import type { Clock } from '../../shared/clock.js';
import type { ByteBudgetLimits } from './byte-budget.js';
import { createRateLimit, type RateLimit } from './rate-limit.js';
import type { UncheckedLimits } from './unchecked-requests.js';
import type { ContentLimits } from '../../shared/message-rules.js';
import { messages, presence, rooms, simpleChat } from '../../shared/services.js';

/** Names and values of all headers of a call together. */
export const maxHeaderBytes = 8 * 1024;
/** RFC 9113 recommends at least 100. QtGrpc 6.8 does not queue calls over the limit. */
export const maxStreamsPerConnection = 100;
const maxQueryBytes = 4 * 1024;
/** For a hundred names, and a topic outside ASCII. */
const maxNewRoomBytes = 8 * 1024;
/** For the other fields of a message, and so that a content slightly over its limit gets a precise error. */
const envelopeBytes = 64 * 1024;

const mebibyte = 1024 * 1024;

/** The memory for requests and answers. */
export const memoryLimits = {
  /** Requests before or without a login, by address. */
  unchecked: { totalBytes: 48 * mebibyte, addressBytes: 16 * mebibyte },
  /** Requests after the login until their answer, by account. */
  requests: {
    totalBytes: 128 * mebibyte,
    ownerBytes: 16 * mebibyte,
    smallReserveBytes: 16 * mebibyte,
    maxWaitingPerOwner: 8,
  },
  /** Large messages being written, by account. A stream waits for at most one. */
  outgoing: {
    totalBytes: 64 * mebibyte,
    ownerBytes: 16 * mebibyte,
    smallReserveBytes: 0,
    maxWaitingPerOwner: Infinity,
  },
} as const satisfies Record<string, ByteBudgetLimits | UncheckedLimits>;

/** The limits of a method. */
export type CallLimits = {
  readonly maxMessageBytes: number;
  readonly maxMessages: number;
  readonly maxPerUser: number;
  /** Instead of the rate of all other calls. */
  readonly rate?: RateLimit;
};

/** Frequent calls that cost little, and must not keep a user from sending. */
export type OwnRates = { readonly marks: RateLimit; readonly typing: RateLimit };

const callsPerSecond = { marks: 10, typing: 2 } as const;

/** `maxMessagesPerSecond`: 0 if no calls are limited. */
export function createOwnRates(maxMessagesPerSecond: number, clock: Clock): OwnRates {
  const rate = (perSecond: number): RateLimit =>
    createRateLimit(maxMessagesPerSecond === 0 ? 0 : perSecond, clock);
  return { marks: rate(callsPerSecond.marks), typing: rate(callsPerSecond.typing) };
}

export function maxRequestBytes({ maxImageBytes, maxTextBytes }: ContentLimits): number {
  return Math.max(maxImageBytes, maxTextBytes) + envelopeBytes;
}

/** A method that is not listed has the limits of a query. */
export function createCallLimits(
  content: ContentLimits,
  maxStreamsPerUser: number,
  rates: OwnRates,
): (path: string) => CallLimits {
  const query: CallLimits = { maxMessageBytes: maxQueryBytes, maxMessages: 1, maxPerUser: Infinity };
  const own: Readonly<Record<string, CallLimits>> = {
    [simpleChat.sendMessage.path]: { ...query, maxMessageBytes: maxRequestBytes(content) },
    [messages.post.path]: { ...query, maxMessageBytes: maxRequestBytes(content) },
    [messages.postAll.path]: {
      maxMessageBytes: maxRequestBytes(content),
      maxMessages: Infinity,
      maxPerUser: 8,
    },
    [messages.edit.path]: { ...query, maxMessageBytes: content.maxTextBytes + envelopeBytes },
    [rooms.create.path]: { ...query, maxMessageBytes: maxNewRoomBytes },
    [rooms.list.path]: { ...query, maxPerUser: 8 },
    [rooms.browse.path]: { ...query, maxPerUser: 8 },
    [rooms.mark.path]: { ...query, rate: rates.marks },
    [rooms.configure.path]: { ...query, rate: rates.marks },
    [simpleChat.messageList.path]: { ...query, maxPerUser: maxStreamsPerUser },
    [presence.watch.path]: { ...query, maxPerUser: maxStreamsPerUser },
    [presence.typing.path]: { ...query, rate: rates.typing },
    [messages.history.path]: { ...query, maxPerUser: 8 },
    [messages.mentions.path]: { ...query, maxPerUser: 8 },
    [messages.get.path]: { ...query, maxPerUser: 8 },
    [messages.search.path]: { ...query, maxPerUser: 16 },
  };
  return (path) => own[path] ?? query;
}

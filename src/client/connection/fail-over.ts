import { ChatError, type ErrorCode } from '../../shared/errors.js';
import type { Connection, Cursor, SubscriptionEvent } from './port.js';
import { isPermanent } from './retry.js';
import { fetchServerInfo } from './server-info.js';

/** One server of a room that several servers share. */
export type Endpoint = {
  /** As it was given. */
  readonly address: string;
  /** Makes its first call only when the server's turn has come. */
  readonly connection: Connection;
};

/** The time at one server, from its turn in the list until it is left. */
type Attempt = {
  readonly place: number;
  readonly endpoint: Endpoint;
  /** It has answered a subscription. */
  hasAnswered: boolean;
  /** Subscriptions that it has answered and that go on. */
  live: number;
  /** It keeps its subscriptions, but failed a call. */
  hasFailedCall: boolean;
};

/** After these another server may do better. */
const otherServerCodes: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'unreachable',
  'timed-out',
  'may-not-have-arrived',
  'shutting-down',
  'store-unavailable',
]);

/**
 * One connection to a room that several servers share, over one of them at a time. Each client walks the list in an
 * order of its own, so a crowd spreads evenly, also over those that are left when one dies.
 *
 * Only a subscription changes the server: it begins with the present one and goes on to the next until one answers. All
 * other calls go where the last subscription was; without one, a short subscription finds a server first, which also
 * tells `logId`. Where a call failed, the next subscription does not begin. A refused login or certificate is thrown at
 * once: passing over it would hide it.
 */
export function failOver(endpoints: readonly [Endpoint, ...Endpoint[]], random: () => number): Connection {
  const order = shuffle(endpoints, random);
  const attemptAt = (place: number): Attempt => {
    const endpoint = order[place] ?? endpoints[0];
    return { place, endpoint, hasAnswered: false, live: 0, hasFailedCall: false };
  };
  let present = attemptAt(0);
  /** Where the last call went. */
  let last = present.endpoint;

  function leave(left: Attempt): void {
    // Others that failed with it have gone on already.
    if (left === present) present = attemptAt((left.place + 1) % order.length);
  }

  async function* subscribe(
    cursor: Cursor | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<SubscriptionEvent, void, void> {
    const failures: ServerFailure[] = [];
    if (present.hasFailedCall) leave(present);
    while (failures.length < order.length) {
      const mine = present;
      const { address, connection } = mine.endpoint;
      let isOpen = false;
      try {
        for await (const event of connection.subscribe(cursor, signal)) {
          if (event.type === 'opened' && !isOpen) {
            isOpen = true;
            last = mine.endpoint;
            mine.hasAnswered = true;
            mine.live++;
            yield { ...event, server: { address, others: order.length - 1 } };
          } else yield event;
        }
        return;
      } catch (thrown) {
        const reason = ChatError.from(thrown);
        if (signal.aborted || isPermanent(reason.code)) throw thrown;
        leave(mine);
        // Where it went on is for the caller to say, who knows how far it has read.
        if (isOpen) throw thrown;
        failures.push({ address, reason });
      } finally {
        if (isOpen) mine.live--;
      }
    }
    throw noServerError(failures);
  }

  async function choose(signal: AbortSignal): Promise<void> {
    if (present.hasAnswered) return;
    await fetchServerInfo({ subscribe }, signal).catch((thrown: unknown) => {
      throw signal.aborted ? new ChatError('cancelled', 'cancelled') : thrown;
    });
  }

  function noteFailure(at: Attempt, thrown: unknown): void {
    if (!otherServerCodes.has(ChatError.from(thrown).code)) return;
    // A live subscription is not disturbed; who made it may make another one.
    if (at.live > 0) at.hasFailedCall = true;
    else leave(at);
  }

  async function* stream<Value>(signal: AbortSignal, make: (connection: Connection) => AsyncIterable<Value>) {
    await choose(signal);
    const mine = present;
    last = mine.endpoint;
    try {
      yield* make(mine.endpoint.connection);
    } catch (thrown) {
      noteFailure(mine, thrown);
      throw thrown;
    }
  }

  async function call<Value>(signal: AbortSignal, make: (connection: Connection) => Promise<Value>) {
    await choose(signal);
    const mine = present;
    last = mine.endpoint;
    try {
      return await make(mine.endpoint.connection);
    } catch (thrown) {
      noteFailure(mine, thrown);
      throw thrown;
    }
  }

  return {
    subscribe,
    send: (draft, signal) => call(signal, (connection) => connection.send(draft, signal)),
    history: (before, limit, signal) =>
      call(signal, (connection) => connection.history(before, limit, signal)),
    search: (text, before, limit, signal) =>
      stream(signal, (connection) => connection.search(text, before, limit, signal)),
    usersOnline: (signal) => stream(signal, (connection) => connection.usersOnline(signal)),
    get logId() {
      return last.connection.logId;
    },
    close() {
      for (const { connection } of endpoints) connection.close();
    },
  };
}

/** Why one server could not be used. */
type ServerFailure = { readonly address: string; readonly reason: ChatError };

/** A reason of each server is shown up to this many characters. */
const maxReasonLength = 100;

/** What all the failures of one walk over the list come to. */
export function noServerError(failures: readonly ServerFailure[]): ChatError {
  const reasons = failures.map(({ address, reason: { message } }) => {
    const text = message.includes(address) ? message : `${address}: ${message}`;
    return text.slice(0, maxReasonLength);
  });
  // The soonest time at which one of them is welcome again, if all named one.
  const waits = failures.map(({ reason }) => reason.retryAfterMs ?? 0);
  const retryAfterMs = Math.min(...waits);
  return new ChatError(commonCode(failures), `no server answers: ${reasons.join('; ')}`, {
    hint: 'Check the addresses, and that chat serve runs there.',
    ...(retryAfterMs > 0 && { retryAfterMs }),
    cause: failures.at(-1)?.reason,
  });
}

function commonCode(failures: readonly ServerFailure[]): ChatError['code'] {
  const codes = new Set(failures.map(({ reason }) => reason.code));
  const [code = 'unreachable'] = codes;
  return codes.size === 1 ? code : 'unreachable';
}

/** The same items in an order of chance (Fisher and Yates). `random`: numbers from 0 up to 1. */
export function shuffle<Item>(items: readonly Item[], random: () => number): Item[] {
  const left = [...items];
  const shuffled: Item[] = [];
  while (left.length > 0) shuffled.push(...left.splice(Math.floor(random() * left.length), 1));
  return shuffled;
}

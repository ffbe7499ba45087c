import { ChatError } from '../../shared/errors.js';
import type { Connection, Cursor, SubscriptionEvent } from './port.js';
import { fetchServerInfo } from './server-info.js';

/** One of the servers of a room. */
export type Endpoint = {
  /** As it was given. */
  readonly address: string;
  /** Connects with its first call. */
  readonly connection: Connection;
};

/** The use of one endpoint, until the client leaves it. */
type Attempt = {
  readonly place: number;
  readonly endpoint: Endpoint;
  hasAnswered: boolean;
  /** How many subscriptions are open. */
  live: number;
  /** A call failed although its subscriptions are open. */
  hasFailedCall: boolean;
};

/**
 * One connection to a room with several servers; it uses one of them at a time. Each client shuffles the
 * list, so that clients spread evenly, also after a server fails. Only a subscription changes the server: it
 * starts with the current one and tries the next until one answers. Other calls use the server of the last
 * subscription; without one, a short subscription finds a server first. A failed call makes the next
 * subscription start with the next server. A refused login or certificate is thrown immediately: trying
 * another server would hide it.
 */
export function failOver(endpoints: readonly [Endpoint, ...Endpoint[]], random: () => number): Connection {
  const order = shuffle(endpoints, random);
  const attemptAt = (place: number): Attempt => {
    const endpoint = order[place] ?? endpoints[0];
    return { place, endpoint, hasAnswered: false, live: 0, hasFailedCall: false };
  };
  let present = attemptAt(0);
  /** The endpoint of the last call. */
  let last = present.endpoint;

  function leave(left: Attempt): void {
    // Another call that failed may have left it already.
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
        if (signal.aborted || reason.retry.permanent) throw thrown;
        leave(mine);
        // The caller must resume: it knows how far it has read.
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
    if (!ChatError.from(thrown).retry.otherServer) return;
    // An open subscription is not interrupted.
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

type ServerFailure = { readonly address: string; readonly reason: ChatError };

const maxReasonLength = 100;

/** One error for the failures of all servers. */
export function noServerError(failures: readonly ServerFailure[]): ChatError {
  const reasons = failures.map(({ address, reason: { message } }) => {
    const text = message.includes(address) ? message : `${address}: ${message}`;
    return text.slice(0, maxReasonLength);
  });
  // If all servers name a delay, the shortest one.
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

/** Fisher-Yates. `random`: from 0 up to 1. */
export function shuffle<Item>(items: readonly Item[], random: () => number): Item[] {
  const left = [...items];
  const shuffled: Item[] = [];
  while (left.length > 0) shuffled.push(...left.splice(Math.floor(random() * left.length), 1));
  return shuffled;
}

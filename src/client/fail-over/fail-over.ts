import { askServer } from '../ask-server.js';
import type { Connection, Cursor, SubscriptionEvent } from '../connection.js';
import { ChatError } from '../../shared/errors.js';
import { noServerAnswers, type ServerFailure } from './no-server-answers.js';
import { shuffle } from './shuffle.js';

/** One server of a room that several servers share. */
export type Candidate = {
  /** As it was given. */
  readonly address: string;
  /** Makes its first call only when the server's turn has come. */
  readonly connection: Connection;
};

/** The time at one server, from its turn in the list until it is left. */
type Visit = {
  readonly place: number;
  readonly candidate: Candidate;
  /** It has answered a subscription. */
  hasAnswered: boolean;
  /** Subscriptions that it has answered and that go on. */
  live: number;
  /** It keeps its subscriptions, but failed a call. */
  isUnable: boolean;
};

/**
 * One connection to a room that several servers share, over one of them at a time. Each client walks the list in an
 * order of its own, so a crowd spreads evenly, also over those that are left when one dies.
 *
 * Only a subscription changes the server: it begins with the present one and goes on to the next until one answers. All
 * other calls go where the last subscription was; without one, a short subscription finds a server first, which also
 * tells `logId`. Where a call failed, the next subscription does not begin. A refused login or certificate is thrown at
 * once: passing over it would hide it.
 */
export function failOver(candidates: readonly [Candidate, ...Candidate[]], random: () => number): Connection {
  const order = shuffle(candidates, random);
  const visit = (place: number): Visit => {
    const candidate = order[place] ?? candidates[0];
    return { place, candidate, hasAnswered: false, live: 0, isUnable: false };
  };
  let present = visit(0);
  /** Where the last call went. */
  let last = present.candidate;

  function leave(left: Visit): void {
    // Others that failed with it have gone on already.
    if (left === present) present = visit((left.place + 1) % order.length);
  }

  async function* subscribe(
    cursor: Cursor | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<SubscriptionEvent, void, void> {
    const failures: ServerFailure[] = [];
    if (present.isUnable) leave(present);
    while (failures.length < order.length) {
      const mine = present;
      const { address, connection } = mine.candidate;
      let isOpen = false;
      try {
        for await (const event of connection.subscribe(cursor, signal)) {
          if (event.type === 'opened' && !isOpen) {
            isOpen = true;
            last = mine.candidate;
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
        // Where it went on is for the caller to say, who knows how far it has read.
        if (isOpen) throw thrown;
        failures.push({ address, reason });
      } finally {
        if (isOpen) mine.live--;
      }
    }
    throw noServerAnswers(failures);
  }

  async function choose(signal: AbortSignal): Promise<void> {
    if (present.hasAnswered) return;
    await askServer({ subscribe }, signal).catch((thrown: unknown) => {
      throw signal.aborted ? new ChatError('cancelled', 'cancelled') : thrown;
    });
  }

  function noteFailure(at: Visit, thrown: unknown): void {
    if (!ChatError.from(thrown).retry.otherServer) return;
    // A live subscription is not disturbed; who made it may make another one.
    if (at.live > 0) at.isUnable = true;
    else leave(at);
  }

  async function* stream<Value>(signal: AbortSignal, make: (connection: Connection) => AsyncIterable<Value>) {
    await choose(signal);
    const mine = present;
    last = mine.candidate;
    try {
      yield* make(mine.candidate.connection);
    } catch (thrown) {
      noteFailure(mine, thrown);
      throw thrown;
    }
  }

  async function call<Value>(signal: AbortSignal, make: (connection: Connection) => Promise<Value>) {
    await choose(signal);
    const mine = present;
    last = mine.candidate;
    try {
      return await make(mine.candidate.connection);
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
      for (const { connection } of candidates) connection.close();
    },
  };
}

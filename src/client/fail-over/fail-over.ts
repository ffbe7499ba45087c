import { askServer } from '../ask-server.js';
import type { Connection, Cursor, SubscriptionEvent } from '../connection.js';
import { cannotRecover } from '../session/cannot-recover.js';
import { ChatError, type ErrorCode } from '../../shared/errors.js';
import { noServerAnswers, type ServerFailure } from './no-server-answers.js';
import { shuffle } from './shuffle.js';

/** One server of a room that several servers share. */
export type Candidate = {
  /** As it was given. */
  readonly address: string;
  /** Makes its first call only when the server's turn has come. */
  readonly connection: Connection;
};

/** After these another server may do better. */
const elsewhere: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
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
export function failOver(candidates: readonly [Candidate, ...Candidate[]], random: () => number): Connection {
  const order = shuffle(candidates, random);
  let present = 0;
  /** Whether the present server has answered and not failed since. */
  let isChosen = false;
  /** Subscriptions that the present server has answered. */
  let live = 0;
  /** It keeps its subscriptions, but failed a call. */
  let unable: Candidate | undefined;
  /** Where the last call went. */
  let last = candidates[0];
  const candidate = (): Candidate => order[present] ?? candidates[0];

  function leave(failed: Candidate): void {
    // Others that failed with it have gone on already.
    if (failed !== candidate()) return;
    unable = undefined;
    present = (present + 1) % order.length;
    isChosen = false;
    live = 0;
  }

  async function* subscribe(
    cursor: Cursor | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<SubscriptionEvent, void, void> {
    const failures: ServerFailure[] = [];
    if (unable) leave(unable);
    while (failures.length < order.length) {
      const mine = candidate();
      const { address, connection } = mine;
      let isOpen = false;
      try {
        for await (const event of connection.subscribe(cursor, signal)) {
          if (event.type === 'opened' && !isOpen) {
            isOpen = true;
            last = mine;
            if (mine === candidate()) [isChosen, live] = [true, live + 1];
            yield { ...event, server: { address, others: order.length - 1 } };
          } else yield event;
        }
        return;
      } catch (thrown) {
        const reason = ChatError.from(thrown);
        if (signal.aborted || cannotRecover(reason.code)) throw thrown;
        leave(mine);
        // Where it went on is for the caller to say, who knows how far it has read.
        if (isOpen) throw thrown;
        failures.push({ address, reason });
      } finally {
        if (isOpen && mine === candidate() && live > 0) live--;
      }
    }
    throw noServerAnswers(failures);
  }

  async function choose(signal: AbortSignal): Promise<void> {
    if (isChosen) return;
    await askServer({ subscribe }, signal).catch((thrown: unknown) => {
      throw signal.aborted ? new ChatError('cancelled', 'cancelled') : thrown;
    });
  }

  async function call<Value>(signal: AbortSignal, make: (connection: Connection) => Promise<Value>) {
    await choose(signal);
    const mine = candidate();
    last = mine;
    try {
      return await make(mine.connection);
    } catch (thrown) {
      if (elsewhere.has(ChatError.from(thrown).code)) {
        // A live subscription is not disturbed; who made it may make another one.
        if (live > 0 && mine === candidate()) unable = mine;
        else leave(mine);
      }
      throw thrown;
    }
  }

  return {
    subscribe,
    send: (draft, signal) => call(signal, (connection) => connection.send(draft, signal)),
    history: (before, limit, signal) =>
      call(signal, (connection) => connection.history(before, limit, signal)),
    async *search(text, before, limit, signal) {
      await choose(signal);
      yield* candidate().connection.search(text, before, limit, signal);
    },
    async *usersOnline(signal) {
      await choose(signal);
      yield* candidate().connection.usersOnline(signal);
    },
    get logId() {
      return last.connection.logId;
    },
    close() {
      for (const { connection } of candidates) connection.close();
    },
  };
}

import { ChatError } from '../../shared/errors.js';
import type { Connection, Cursor, RoomCalls, SubscriptionEvent, SubscriptionScope } from './port.js';
import { fetchServerInfo } from './server-info.js';

/** One of the servers of a room. */
export type Endpoint = {
  readonly address: string;
  readonly connection: Connection;
};

type Attempt = {
  readonly index: number;
  readonly endpoint: Endpoint;
  hasAnswered: boolean;
  openSubscriptions: number;
  hasFailedCall: boolean;
};

/**
 * Shuffled, so that clients spread evenly. Only a subscription changes the server; other calls use the server of the
 * last one. A permanent error is thrown immediately: another server would hide it.
 */
export function failOver(endpoints: readonly [Endpoint, ...Endpoint[]], random: () => number): Connection {
  const order = shuffle(endpoints, random);
  const attemptAt = (index: number): Attempt => {
    const endpoint = order[index] ?? endpoints[0];
    return { index, endpoint, hasAnswered: false, openSubscriptions: 0, hasFailedCall: false };
  };
  let current = attemptAt(0);
  let last = current.endpoint;

  function leave(left: Attempt): void {
    // Another failed call may have left it already.
    if (left === current) current = attemptAt((left.index + 1) % order.length);
  }

  async function* subscribe(
    cursor: Cursor | undefined,
    signal: AbortSignal,
    scope?: SubscriptionScope,
  ): AsyncGenerator<SubscriptionEvent, void, void> {
    const failures: ServerFailure[] = [];
    if (current.hasFailedCall) leave(current);
    while (failures.length < order.length) {
      const attempt = current;
      const { address, connection } = attempt.endpoint;
      let isOpen = false;
      try {
        for await (const event of connection.subscribe(cursor, signal, scope)) {
          if (event.type === 'opened' && !isOpen) {
            isOpen = true;
            last = attempt.endpoint;
            attempt.hasAnswered = true;
            attempt.openSubscriptions++;
            yield { ...event, server: { address, others: order.length - 1 } };
          } else yield event;
        }
        return;
      } catch (thrown) {
        const reason = ChatError.from(thrown);
        if (signal.aborted || reason.retry.permanent) throw thrown;
        leave(attempt);
        // Only the caller knows the cursor to resume from.
        if (isOpen) throw thrown;
        failures.push({ address, reason });
      } finally {
        if (isOpen) attempt.openSubscriptions--;
      }
    }
    throw noServerError(failures);
  }

  async function ensureServer(signal: AbortSignal): Promise<void> {
    if (current.hasAnswered) return;
    await fetchServerInfo({ subscribe }, signal).catch((thrown: unknown) => {
      throw signal.aborted ? new ChatError('cancelled', 'cancelled') : thrown;
    });
  }

  function noteFailure(at: Attempt, thrown: unknown): void {
    if (!ChatError.from(thrown).retry.otherServer) return;
    if (at.openSubscriptions > 0) at.hasFailedCall = true;
    else leave(at);
  }

  async function* stream<Value>(signal: AbortSignal, make: (connection: Connection) => AsyncIterable<Value>) {
    await ensureServer(signal);
    const attempt = current;
    last = attempt.endpoint;
    try {
      yield* make(attempt.endpoint.connection);
    } catch (thrown) {
      noteFailure(attempt, thrown);
      throw thrown;
    }
  }

  async function call<Value>(signal: AbortSignal, make: (connection: Connection) => Promise<Value>) {
    await ensureServer(signal);
    const attempt = current;
    last = attempt.endpoint;
    try {
      return await make(attempt.endpoint.connection);
    } catch (thrown) {
      noteFailure(attempt, thrown);
      throw thrown;
    }
  }

  const roomCall = <Value>(signal: AbortSignal, make: (rooms: RoomCalls) => Promise<Value>) =>
    call(signal, ({ rooms }) => make(rooms));

  const rooms: RoomCalls = {
    list: (signal) => roomCall(signal, (to) => to.list(signal)),
    browse: (prefix, after, signal) => roomCall(signal, (to) => to.browse(prefix, after, signal)),
    get: (room, signal) => roomCall(signal, (to) => to.get(room, signal)),
    members: (room, after, signal) => roomCall(signal, (to) => to.members(room, after, signal)),
    create: (room, signal) => roomCall(signal, (to) => to.create(room, signal)),
    direct: (names, signal) => roomCall(signal, (to) => to.direct(names, signal)),
    update: (update, signal) => roomCall(signal, (to) => to.update(update, signal)),
    join: (room, signal) => roomCall(signal, (to) => to.join(room, signal)),
    leave: (room, signal) => roomCall(signal, (to) => to.leave(room, signal)),
    invite: (member, signal) => roomCall(signal, (to) => to.invite(member, signal)),
    remove: (member, signal) => roomCall(signal, (to) => to.remove(member, signal)),
    mark: (room, sequence, signal) => roomCall(signal, (to) => to.mark(room, sequence, signal)),
    configure: (settings, signal) => roomCall(signal, (to) => to.configure(settings, signal)),
    typing: (notice, signal) => roomCall(signal, (to) => to.typing(notice, signal)),
    post: (post, signal) => roomCall(signal, (to) => to.post(post, signal)),
    messages: (sequences, signal) => roomCall(signal, (to) => to.messages(sequences, signal)),
    edit: (edit, signal) => roomCall(signal, (to) => to.edit(edit, signal)),
    delete: (deletion, signal) => roomCall(signal, (to) => to.delete(deletion, signal)),
    react: (react, signal) => roomCall(signal, (to) => to.react(react, signal)),
    history: (room, before, limit, signal) =>
      roomCall(signal, (to) => to.history(room, before, limit, signal)),
    historyAfter: (room, after, limit, signal) =>
      roomCall(signal, (to) => to.historyAfter(room, after, limit, signal)),
    search: (search, signal) => stream(signal, (connection) => connection.rooms.search(search, signal)),
  };

  return {
    subscribe,
    rooms,
    send: (draft, signal) => call(signal, (connection) => connection.send(draft, signal)),
    postAll: (posts, signal) => stream(signal, (connection) => connection.postAll(posts, signal)),
    history: (before, limit, signal) =>
      call(signal, (connection) => connection.history(before, limit, signal)),
    historyAfter: (after, limit, signal) =>
      call(signal, (connection) => connection.historyAfter(after, limit, signal)),
    search: (text, before, limit, signal) =>
      stream(signal, (connection) => connection.search(text, before, limit, signal)),
    mentions: (before, limit, signal) =>
      call(signal, (connection) => connection.mentions(before, limit, signal)),
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

const maxReasonCharacters = 100;

/** Summarises the failures of all servers in one error. */
export function noServerError(failures: readonly ServerFailure[]): ChatError {
  const reasons = failures.map(({ address, reason: { message } }) => {
    const text = message.includes(address) ? message : `${address}: ${message}`;
    return text.slice(0, maxReasonCharacters);
  });
  // Only if all servers request a delay, and then the shortest.
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

export function shuffle<Item>(items: readonly Item[], random: () => number): Item[] {
  const left = [...items];
  const shuffled: Item[] = [];
  while (left.length > 0) shuffled.push(...left.splice(Math.floor(random() * left.length), 1));
  return shuffled;
}

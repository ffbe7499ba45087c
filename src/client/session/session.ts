import { ulid } from 'ulid';
import type { Clock } from '../../shared/clock.js';
import type { Message } from '../../shared/message.js';
import type { Connection } from '../connection/port.js';
import { createEffectRunner } from './effect-runner.js';
import type { Command, SessionEvent } from './events.js';
import { createNotifier } from './notifier.js';
import { initialState, type SessionState } from './state.js';
import { update } from './update.js';

/** The arguments of `createSession`. */
export type SessionOptions = {
  /** Owned by the session, which closes it. */
  readonly connection: Connection;
  /** The user name that the connection logs in with. */
  readonly user: string;
  readonly clock: Clock;
  readonly random: () => number;
  /** Called for each event immediately, with the state after it: for output that prints each message. */
  readonly observe?: (event: SessionEvent, state: SessionState) => void;
};

/** A session with a server. It connects when created and stays connected until it is stopped or refused. */
export type Session = {
  /** The state as of the last notification. */
  readonly state: SessionState;
  dispatch(command: Command): void;
  /** Submits a message with a new id and the current time. Returns its key. */
  submit(type: number, content: Uint8Array): string;
  /**
   * Calls `listener` after changes: immediately for the user's actions and the connection, at most every 33
   * ms for messages of others. Returns a function that unsubscribes.
   */
  subscribe(listener: () => void): () => void;
  /**
   * Searches the server's log, newest first; `before` 0: from the newest. Throws `unsupported` if the server
   * cannot.
   */
  search(text: string, before: number, limit: number, signal: AbortSignal): AsyncIterable<Message>;
  /** Continues with another login of the same user after a refusal: timeline and outbox stay. */
  replaceConnection(connection: Connection): void;
  /** Ends the session. No message and no notification follows. */
  stop(): void;
};

/** 30 notifications a second about messages of others. */
const notifyInterval = 33;

/** Connects and keeps the state up to date. */
export function createSession(options: SessionOptions): Session {
  const { user, clock, random, observe } = options;
  let { connection } = options;
  let state = initialState(user);
  let published = state;
  const notifier = createNotifier(clock, notifyInterval, () => (published = state));
  const runner = createEffectRunner(connection, clock, handle);

  function handle(event: SessionEvent): void {
    const context = { now: clock.monotonicMs(), wall: clock.now(), random: random() };
    const [next, effects] = update(state, event, context);
    const isChanged = next !== state;
    state = next;
    for (const effect of effects) runner.run(effect);
    observe?.(event, state);
    if (!isChanged) return;
    if (event.type === 'received' || event.type === 'online') notifier.soon();
    else notifier.now();
  }

  handle({ type: 'reconnect' });
  return {
    get state() {
      return published;
    },
    dispatch: handle,
    submit(type, content) {
      const timestamp = clock.now();
      const id = ulid(timestamp);
      handle({ type: 'submit', draft: { id, timestamp, type, content } });
      return id;
    },
    subscribe: (listener) => notifier.subscribe(listener),
    search: (text, before, limit, signal) => connection.search(text, before, limit, signal),
    replaceConnection(next) {
      connection = next;
      runner.replaceConnection(next);
      handle({ type: 'reconnect' });
    },
    stop() {
      handle({ type: 'close' });
      notifier.stop();
    },
  };
}

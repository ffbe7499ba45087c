import { ulid } from 'ulid';
import type { Clock } from '../../shared/clock.js';
import type { Message } from '../../shared/message.js';
import type { Connection } from '../connection/port.js';
import { createEffectRunner } from './effect-runner.js';
import type { Command, SessionEvent } from './events.js';
import { createNotifier } from './notifier.js';
import { initialState, type SessionState } from './state.js';
import { update } from './update.js';

/** What a session needs. */
export type SessionOptions = {
  /** The session's from now on: it closes it. */
  readonly connection: Connection;
  /** The name that the connection logs in with. */
  readonly user: string;
  readonly clock: Clock;
  /** Numbers from 0 up to 1, for the jitter between attempts. */
  readonly random: () => number;
  /** Told every event at once with the state it led to, ungathered: for what prints messages as they come. */
  readonly observe?: (event: SessionEvent, state: SessionState) => void;
};

/** A session with a server: it connects when created and stays connected until it is stopped or refused. */
export type Session = {
  /** The state as of the last notification, so that it changes only when listeners are told. */
  readonly state: SessionState;
  dispatch(command: Command): void;
  /** Submits a message with a new id and the present time; returns its key in the list. */
  submit(type: number, content: Uint8Array): string;
  /**
   * Calls `listener` after changes: at once after what a person did or what became of the connection, and at
   * most every 33 ms for what others write. Returns the function that ends it.
   */
  subscribe(listener: () => void): () => void;
  /** Searches the server's log, newest first; `before` 0: from the newest. Throws `unsupported` without it. */
  search(text: string, before: number, limit: number, signal: AbortSignal): AsyncIterable<Message>;
  /** Goes on with another login of the same user, after a refusal: the list and unsent messages stay. */
  replaceConnection(connection: Connection): void;
  /** Ends everything. Nothing is sent or told after it. */
  stop(): void;
};

/** Between notifications about what others write, in milliseconds: 30 frames a second. */
const notifyInterval = 33;

/** Opens a session. */
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

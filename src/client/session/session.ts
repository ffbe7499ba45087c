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
  /** Closed by the session. */
  readonly connection: Connection;
  readonly user: string;
  readonly clock: Clock;
  readonly random: () => number;
  /** Called immediately for each event, with the state after it. */
  readonly observe?: (event: SessionEvent, state: SessionState) => void;
};

/** Connects when created, and stays connected until it is stopped or refused. */
export type Session = {
  readonly state: SessionState;
  dispatch(command: Command): void;
  /** Returns the key of the item. */
  submit(type: number, content: Uint8Array): string;
  /** Notifies immediately, but of messages and presence at most every 33 ms. Returns a function that unsubscribes. */
  subscribe(listener: () => void): () => void;
  search(text: string, before: number, limit: number, signal: AbortSignal): AsyncIterable<Message>;
  /** For another login of the same user: timeline and outbox stay. */
  replaceConnection(connection: Connection): void;
  stop(): void;
};

const notifyIntervalMs = 33;

/** Connects immediately. */
export function createSession(options: SessionOptions): Session {
  const { user, clock, random, observe } = options;
  let { connection } = options;
  let state = initialState(user);
  let published = state;
  const notifier = createNotifier(clock, notifyIntervalMs, () => (published = state));
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

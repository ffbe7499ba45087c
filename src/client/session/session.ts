import { ulid } from 'ulid';
import type { Clock } from '../../shared/clock.js';
import { lobby, type Message } from '../../shared/message.js';
import { changeMessage, type Change } from '../connection/change-message.js';
import { mentionedNames } from '../connection/mentioned-names.js';
import type { Connection, RoomCalls, RoomSearch, Sent } from '../connection/port.js';
import { createEffectRunner } from './effect-runner.js';
import type { Command, RoomReport, SessionEvent } from './events.js';
import type { IsMention } from './effects.js';
import { createNotifier } from './notifier.js';
import type { RoomDraft } from './outbox.js';
import { initialState, type SessionState } from './state.js';
import { update } from './update.js';

/** The arguments of `createSession`. */
export type SessionOptions = {
  /** Closed by the session. */
  readonly connection: Connection;
  readonly user: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly isMention?: IsMention;
  /** Called immediately for each event, with the state after it. */
  readonly observe?: (event: SessionEvent, state: SessionState) => void;
};

/** Connects when created, and stays connected until it is stopped or refused. */
export type Session = {
  readonly state: SessionState;
  dispatch(command: Command | RoomReport): void;
  /** Returns the key of the item. `place`: by default the lobby. */
  submit(type: number, content: Uint8Array, place?: Pick<RoomDraft, 'room' | 'replyTo'>): string;
  /** As `changeMessage`. The timeline changes when the entry of the change arrives. */
  change(change: Change, signal: AbortSignal): Promise<Sent>;
  /** Notifies immediately, but of messages, read marks and presence at most every 33 ms. Returns a function that unsubscribes. */
  subscribe(listener: () => void): () => void;
  search(search: RoomSearch, signal: AbortSignal): AsyncIterable<Message>;
  /** As `Connection.mentions`. */
  mentions(before: number, limit: number, signal: AbortSignal): Promise<readonly Message[]>;
  /** Of the current connection. */
  readonly rooms: RoomCalls;
  /** For another login of the same user: timeline and outbox stay. */
  replaceConnection(connection: Connection): void;
  stop(): void;
};

const notifyIntervalMs = 33;

const canWait: ReadonlySet<SessionEvent['type']> = new Set(['received', 'online', 'mark-read']);

/** Connects immediately. */
export function createSession(options: SessionOptions): Session {
  const { user, clock, random, observe, isMention = () => false } = options;
  let { connection } = options;
  let state = initialState(user);
  let published = state;
  const notifier = createNotifier(clock, notifyIntervalMs, () => (published = state));
  const runner = createEffectRunner(connection, clock, handle);

  function handle(event: SessionEvent): void {
    const context = { now: clock.monotonicMs(), wall: clock.now(), random: random(), isMention };
    const [next, effects] = update(state, event, context);
    const isChanged = next !== state;
    state = next;
    for (const effect of effects) runner.run(effect);
    observe?.(event, state);
    if (!isChanged) return;
    if (canWait.has(event.type)) notifier.soon();
    else notifier.now();
  }

  handle({ type: 'reconnect' });
  return {
    get state() {
      return published;
    },
    dispatch: handle,
    submit(type, content, place = { room: lobby }) {
      const timestamp = clock.now();
      const id = ulid(timestamp);
      const mentions = mentionedNames({ type, content });
      const draft = { id, timestamp, type, content, ...place, ...(mentions.length > 0 && { mentions }) };
      handle({ type: 'submit', draft });
      return id;
    },
    subscribe: (listener) => notifier.subscribe(listener),
    change: (change, signal) => changeMessage(change, { connection, clock, signal }),
    search: (search, signal) => connection.rooms.search(search, signal),
    mentions: (before, limit, signal) => connection.mentions(before, limit, signal),
    get rooms() {
      return connection.rooms;
    },
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

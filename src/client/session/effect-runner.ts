import { delayUntilAborted } from '../../shared/async/delay.js';
import type { Clock } from '../../shared/clock.js';
import { ChatError } from '../../shared/errors.js';
import { lobby } from '../../shared/message.js';
import type { RoomSettings } from '../../shared/room-answers.js';
import type { Connection, Cursor } from '../connection/port.js';
import type { Effect, Timer } from './effects.js';
import type { Report } from './events.js';
import { createLatestSender } from './latest-sender.js';
import { retryWhenRateLimited } from '../connection/retry-when-rate-limited.js';
import type { RoomDraft } from './outbox.js';

/** Runs effects. Their outcomes are reported after `run` has returned, never before. */
export type EffectRunner = {
  run(effect: Effect): void;
  /** Aborts all calls. */
  replaceConnection(connection: Connection): void;
};

/** The effect `close` closes the connection, too. */
export function createEffectRunner(
  initialConnection: Connection,
  clock: Clock,
  report: (event: Report) => void,
): EffectRunner {
  let connection = initialConnection;
  /** Also aborts presence and previous pages. */
  let subscription = new AbortController();
  /** Sending outlives a subscription, because an answer may still arrive. */
  let calls = new AbortController();
  let isClosed = false;
  /** Of the rooms whose numbers the senders have. */
  let logId: string | undefined;
  const signalOf = (): AbortSignal => calls.signal;
  const marks = createLatestSender<number>({
    call: (...mark) => connection.rooms.mark(...mark),
    ...{ signalOf, clock },
  });
  const settings = createLatestSender<RoomSettings>({
    call: (room, chosen, signal) => connection.rooms.configure({ ...chosen, room }, signal),
    onAnswer: (room, chosen, isRejected) =>
      reportUnlessClosed({ type: 'configured', room, settings: chosen, isRejected }),
    ...{ signalOf, clock },
  });
  const timers = new Map<Timer, () => void>();

  function reportUnlessClosed(event: Report): void {
    if (!isClosed) report(event);
  }

  function subscribe(cursor: Cursor | undefined): void {
    subscription.abort();
    subscription = new AbortController();
    const { signal } = subscription;
    void consume(
      connection.subscribe(cursor, signal, { rooms: true, changes: true }),
      signal,
      (event) => {
        if (event.type === 'opened') {
          for (const sender of [marks, settings]) if (event.logId !== logId) sender.forget();
          ({ logId } = event);
          reportUnlessClosed({ type: 'opened', opened: event });
          for (const sender of [marks, settings]) sender.resume();
        } else reportUnlessClosed({ ...event, type: 'received' });
      },
      (reason) => reportUnlessClosed({ type: 'lost', reason }),
    );
  }

  function watchOnline(): void {
    const { signal } = subscription;
    void consume(
      connection.usersOnline(signal),
      signal,
      (online) => reportUnlessClosed({ ...online, type: 'online' }),
      (reason) => reportUnlessClosed({ type: 'online-lost', reason }),
    );
  }

  async function send({ room, replyTo, mentions, ...draft }: RoomDraft): Promise<void> {
    const { id } = draft;
    const { signal } = calls;
    // Every server has the base call.
    const isPlain = room === lobby && replyTo === undefined && mentions === undefined;
    const sending = isPlain
      ? connection.send(draft, signal)
      : connection.rooms.post({ room, replyTo, mentions, draft }, signal);
    const outcome = await sending.then(
      (sent): Report => ({ type: 'sent', id, sent }),
      (thrown: unknown): Report => ({ type: 'send-failed', id, reason: ChatError.from(thrown) }),
    );
    reportUnlessClosed(outcome);
  }

  /** Reports the outcome of a call, unless the subscription ends first. */
  async function ask<Value>(
    call: (signal: AbortSignal) => Promise<Value>,
    succeeded: (value: Value) => Report,
    failed: (reason: ChatError) => Report | undefined,
  ): Promise<void> {
    const { signal } = subscription;
    const outcome = await call(signal).then(succeeded, (thrown: unknown) => failed(ChatError.from(thrown)));
    if (outcome && !signal.aborted) reportUnlessClosed(outcome);
  }

  function fetchPreviousPage({ room, before, limit }: Fetch<'fetch-previous-page'>): Promise<void> {
    return ask(
      (signal) => connection.rooms.history(room, before, limit, signal),
      (messages) => ({ type: 'previous-page', room, before, messages }),
      (reason) => ({ type: 'previous-page-failed', room, before, reason }),
    );
  }

  function fetchNextPage({ room, after, limit }: Fetch<'fetch-next-page'>): Promise<void> {
    return ask(
      (signal) => connection.rooms.historyAfter(room, after, limit, signal),
      (messages) => ({ type: 'next-page', room, after, messages }),
      (reason) => ({ type: 'next-page-failed', room, after, reason }),
    );
  }

  function fetchMessages({ room, sequences: asked, delayMs }: Fetch<'fetch-messages'>): Promise<void> {
    return ask(
      async (signal) => {
        if (delayMs > 0) await delayUntilAborted(delayMs, clock, signal);
        return retryWhenRateLimited(() => connection.rooms.messages(asked, signal), clock, signal);
      },
      (messages) => ({ type: 'messages-known', room, asked, messages }),
      () => ({ type: 'messages-known', room, asked, messages: undefined }),
    );
  }

  function fetchRoom(number: number): Promise<void> {
    return ask(
      (signal) => retryWhenRateLimited(() => connection.rooms.get(number, signal), clock, signal),
      (room) => ({ type: 'room-known', room }),
      ({ code }) => (code === 'no-such-room' ? { type: 'room-gone', room: number } : undefined),
    );
  }

  function wait(timer: Timer, milliseconds: number): void {
    stopWaiting(timer);
    const task = (): void => {
      timers.delete(timer);
      reportUnlessClosed({ type: 'waited', timer });
    };
    timers.set(timer, clock.after(milliseconds, task));
  }

  function stopWaiting(timer: Timer): void {
    timers.get(timer)?.();
    timers.delete(timer);
  }

  function close(): void {
    isClosed = true;
    for (const cancel of timers.values()) cancel();
    timers.clear();
    endCalls();
    connection.close();
  }

  function endCalls(): void {
    subscription.abort();
    calls.abort();
  }

  return {
    run(effect) {
      switch (effect.type) {
        case 'subscribe':
          subscribe(effect.cursor);
          break;
        case 'unsubscribe':
          subscription.abort();
          break;
        case 'send':
          void send(effect.draft);
          break;
        case 'watch-online':
          watchOnline();
          break;
        case 'fetch-previous-page':
          void fetchPreviousPage(effect);
          break;
        case 'fetch-next-page':
          void fetchNextPage(effect);
          break;
        case 'fetch-messages':
          void fetchMessages(effect);
          break;
        case 'mark':
          marks.send(effect.room, effect.sequence);
          break;
        case 'configure':
          settings.send(effect.room, effect.settings);
          break;
        case 'fetch-room':
          void fetchRoom(effect.room);
          break;
        case 'wait':
          wait(effect.timer, effect.milliseconds);
          break;
        case 'stop-waiting':
          stopWaiting(effect.timer);
          break;
        case 'close':
          close();
          break;
      }
    },
    replaceConnection(next) {
      endCalls();
      connection.close();
      connection = next;
      calls = new AbortController();
    },
  };
}

type Fetch<Type> = Extract<Effect, { type: Type }>;

/** After an abort `onEnd` is not called. An error of `onValue` is a bug and is not caught. */
async function consume<Value>(
  iterable: AsyncIterable<Value>,
  signal: AbortSignal,
  onValue: (value: Value) => void,
  onEnd: (reason: ChatError) => void,
): Promise<void> {
  const iterator = iterable[Symbol.asyncIterator]();
  for (;;) {
    const step = await iterator.next().catch((thrown: unknown) => ChatError.from(thrown));
    if (signal.aborted) break;
    if (step instanceof ChatError) {
      onEnd(step);
      return;
    }
    if (step.done) {
      onEnd(new ChatError('unreachable', 'the server ended the connection'));
      return;
    }
    onValue(step.value);
  }
  await iterator.return?.();
}

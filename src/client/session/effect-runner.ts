import type { Clock } from '../../shared/clock.js';
import { ChatError } from '../../shared/errors.js';
import type { Draft } from '../../shared/message.js';
import type { Connection, Cursor } from '../connection/port.js';
import type { Effect, Timer } from './effects.js';
import type { Report } from './events.js';

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
  const timers = new Map<Timer, () => void>();

  function reportUnlessClosed(event: Report): void {
    if (!isClosed) report(event);
  }

  function subscribe(cursor: Cursor | undefined): void {
    subscription.abort();
    subscription = new AbortController();
    const { signal } = subscription;
    void consume(
      connection.subscribe(cursor, signal),
      signal,
      (event) => {
        if (event.type === 'opened') reportUnlessClosed({ type: 'opened', opened: event });
        else reportUnlessClosed({ ...event, type: 'received' });
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

  async function send(draft: Draft): Promise<void> {
    const { id } = draft;
    const outcome = await connection.send(draft, calls.signal).then(
      (sent): Report => ({ type: 'sent', id, sent }),
      (thrown: unknown): Report => ({ type: 'send-failed', id, reason: ChatError.from(thrown) }),
    );
    reportUnlessClosed(outcome);
  }

  async function fetchPreviousPage(before: number, limit: number): Promise<void> {
    const { signal } = subscription;
    const outcome = await connection.history(before, limit, signal).then(
      (messages): Report => ({ type: 'previous-page', before, messages }),
      (thrown: unknown): Report => ({ type: 'previous-page-failed', before, reason: ChatError.from(thrown) }),
    );
    if (!signal.aborted) reportUnlessClosed(outcome);
  }

  async function fetchNextPage(after: number, limit: number): Promise<void> {
    const { signal } = subscription;
    const outcome = await connection.historyAfter(after, limit, signal).then(
      (messages): Report => ({ type: 'next-page', after, messages }),
      (thrown: unknown): Report => ({ type: 'next-page-failed', after, reason: ChatError.from(thrown) }),
    );
    if (!signal.aborted) reportUnlessClosed(outcome);
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
          void fetchPreviousPage(effect.before, effect.limit);
          break;
        case 'fetch-next-page':
          void fetchNextPage(effect.after, effect.limit);
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

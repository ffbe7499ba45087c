import { ulid } from 'ulid';
import { delayUntilAborted } from '../../shared/async/delay.js';
import { withTimeout } from '../../shared/async/with-timeout.js';
import type { Clock } from '../../shared/clock.js';
import { ChatError } from '../../shared/errors.js';
import type { Connection, RoomCalls, Sent } from './port.js';

/** What to change about the message with the sequence `target`. `emoji`: all reactions of the user from now on. */
export type Change =
  | { readonly type: 'edit'; readonly target: number; readonly text: string }
  | { readonly type: 'delete'; readonly target: number }
  | { readonly type: 'react'; readonly target: number; readonly emoji: readonly string[] };

/** `timeoutMs`: for the call and its repeats. */
export type ChangeOptions = {
  readonly connection: Pick<Connection, 'logId'> & {
    readonly rooms: Pick<RoomCalls, 'edit' | 'delete' | 'react'>;
  };
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly timeoutMs?: number;
};

const firstDelayMs = 250;
const maxDelayMs = 4000;

/**
 * Changes a message, with repeats under the same id until there is an answer. Sequences of another log are unrelated, so
 * it is not repeated there. Throws what no repeat can change, and the last failure after the time limit.
 */
export async function changeMessage(change: Change, options: ChangeOptions): Promise<Sent> {
  const { connection, clock, signal, timeoutMs = 30_000 } = options;
  const { logId } = connection;
  const id = ulid(clock.now());
  const attempt = (until: AbortSignal): Promise<Sent> => {
    const { rooms } = connection;
    switch (change.type) {
      case 'edit':
        return rooms.edit({ target: change.target, text: change.text, id }, until);
      case 'delete':
        return rooms.delete({ target: change.target, id }, until);
      case 'react':
        return rooms.react({ target: change.target, emoji: change.emoji, id }, until);
    }
  };
  const attempts = async (until: AbortSignal): Promise<Sent> => {
    let unanswered: ChatError | undefined;
    for (let delayMs = firstDelayMs; ; delayMs = Math.min(delayMs * 2, maxDelayMs)) {
      try {
        return await attempt(until);
      } catch (thrown) {
        const failure = ChatError.from(thrown);
        if (signal.aborted) throw failure;
        if (until.aborted) throw unanswered ?? noAnswer(failure);
        const { retry, retryAfterMs } = failure;
        if (retry.ambiguous) unanswered = noAnswer(failure);
        const canRepeat = retry.afterDelay && connection.logId === logId;
        if (!canRepeat) throw unanswered && !retry.rejectsMessage ? unanswered : failure;
        const isOver = await waited(Math.max(delayMs, retryAfterMs ?? 0), clock, until);
        if (isOver) throw unanswered ?? failure;
      }
    }
  };
  return withTimeout(timeoutMs, signal, attempts, clock);
}

async function waited(delayMs: number, clock: Clock, until: AbortSignal): Promise<boolean> {
  await delayUntilAborted(delayMs, clock, until);
  return until.aborted;
}

function noAnswer(cause: ChatError): ChatError {
  return new ChatError('may-not-have-arrived', 'no answer: the change may not have been made', { cause });
}

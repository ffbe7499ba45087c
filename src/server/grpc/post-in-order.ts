import { status } from '@grpc/grpc-js';
import { setImmediate } from 'node:timers/promises';
import { onAbort } from '../../shared/async/on-abort.js';
import { ChatError } from '../../shared/errors.js';
import { encodePosted, type PostedOfMany } from '../../shared/room-answers.js';
import { statusOf } from './grpc-status.js';

/** One message. `store` resolves when it is durable, and calls back when it has its place in the log, as `PostToRoom`. */
export type Posting = {
  readonly id: string;
  readonly store: (onAccepted?: () => void) => Promise<{ readonly sequence: number }>;
};

type InOrderOptions = {
  /** Throws for a malformed request. */
  readonly read: (request: Uint8Array) => Posting;
  /** Throws if the sender is over its rate. */
  readonly countIn: (request: Uint8Array, isFirst: boolean) => void;
  /** Resolves once the connection has accepted the answers. */
  readonly answer: (answers: readonly Uint8Array[]) => Promise<void>;
  /** Called once the answers to the oldest messages are written. */
  readonly onAnswered: (count: number) => void;
  readonly onRejected: (error: ChatError) => void;
  /** Messages without a written answer; no more are read. */
  readonly maxInFlight: number;
  readonly signal: AbortSignal;
};

type Place = { answer?: Uint8Array };

/**
 * Stores messages in their order, without waiting for one before the next, and answers them in their order. After a
 * rejected one the others are only answered. Rejects with the signal's reason, and with what `answer` rejects with.
 */
export async function postInOrder(
  requests: AsyncIterable<Uint8Array>,
  options: InOrderOptions,
): Promise<void> {
  const { read, countIn, answer, onAnswered, onRejected, maxInFlight, signal } = options;
  const places: Place[] = [];
  let isFirst = true;
  let hasRejected = false;
  let state = 'reading' as 'reading' | 'read' | 'stopped';
  let wakeReader = (): void => undefined;
  let wakeWriter = (): void => undefined;

  /** Resolves when the message has its place in the log or its answer. */
  const begin = (request: Uint8Array, place: Place): Promise<void> =>
    new Promise((resolve) => {
      let id = '';
      const settle = (posted: Partial<PostedOfMany>): void => {
        place.answer = encodePosted({ ...stored, id, ...posted });
        wakeWriter();
        resolve();
      };
      const reject = (thrown: unknown): void => {
        const error = ChatError.from(thrown);
        if (!hasRejected) onRejected(error);
        hasRejected = true;
        const { code, details } = statusOf(error);
        settle({ code, text: details, retryAfterMs: error.retryAfterMs });
      };
      try {
        const posting = read(request);
        ({ id } = posting);
        if (hasRejected) {
          settle(notStored);
          return;
        }
        countIn(request, isFirst);
        isFirst = false;
        posting.store(resolve).then(({ sequence }) => settle({ sequence }), reject);
      } catch (error) {
        if (hasRejected) settle(notStored);
        else reject(error);
      }
    });

  const readAll = async (): Promise<void> => {
    for await (const request of requests) {
      while (places.length >= maxInFlight && state === 'reading')
        await new Promise<void>((resolve) => (wakeReader = resolve));
      if (state !== 'reading') return;
      const place: Place = {};
      places.push(place);
      await begin(request, place);
    }
  };
  const reading = readAll().then(
    () => void (state = 'read'),
    () => void (state = 'stopped'),
  );
  void reading.then(() => wakeWriter());

  const forget = onAbort(signal, () => wakeWriter());
  try {
    for (;;) {
      while (!places[0]?.answer) {
        signal.throwIfAborted();
        if (state === 'stopped' || (state === 'read' && places.length === 0)) return;
        await new Promise<void>((resolve) => (wakeWriter = resolve));
      }
      // Those of one flush are answered together.
      await setImmediate();
      const answers: Uint8Array[] = [];
      for (const place of places) {
        if (!place.answer) break;
        answers.push(place.answer);
      }
      await answer(answers);
      places.splice(0, answers.length);
      onAnswered(answers.length);
      wakeReader();
    }
  } finally {
    forget();
    state = 'stopped';
    wakeReader();
  }
}

const stored: PostedOfMany = { id: '', sequence: 0, code: status.OK, text: '', retryAfterMs: undefined };
const notStored = { code: status.ABORTED, text: 'an earlier message of the stream was rejected' };

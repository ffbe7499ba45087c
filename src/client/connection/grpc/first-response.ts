/** Thrown where the beginning of a stream did not come in time. */
export class FirstResponseTimeout extends Error {
  /** How long it was waited for, in milliseconds. */
  readonly afterMs: number;

  constructor(afterMs: number) {
    super(`no first answer within ${afterMs} ms`);
    this.afterMs = afterMs;
  }
}

/** How long the beginning of a stream is waited for, in milliseconds. */
export type FirstResponseLimits = {
  readonly answerMs: number;
  /** Until the server must be ready to answer at all: one that is there may be busy, one that is not is known sooner. */
  readonly readyMs: number | undefined;
  readonly isReady: () => boolean;
};

/** A wait for the beginning of a stream. */
export type FirstResponseTimer = {
  /** Aborts with `FirstResponseTimeout` when it is over. */
  readonly over: AbortSignal;
  /** The beginning has come, or nobody waits for it any more. */
  end(): void;
};

/** Begins to wait. */
export function startFirstResponseTimer({
  answerMs,
  readyMs,
  isReady,
}: FirstResponseLimits): FirstResponseTimer {
  const over = new AbortController();
  const timers = [setTimeout(() => over.abort(new FirstResponseTimeout(answerMs)), answerMs)];
  if (readyMs !== undefined) {
    const giveUp = (): void => {
      if (!isReady()) over.abort(new FirstResponseTimeout(readyMs));
    };
    timers.push(setTimeout(giveUp, readyMs));
  }
  return { over: over.signal, end: () => timers.forEach(clearTimeout) };
}

/** Thrown where the beginning of a stream did not come in time. */
export class NoFirstAnswer extends Error {
  /** How long it was waited for, in milliseconds. */
  readonly afterMs: number;

  constructor(afterMs: number) {
    super(`no first answer within ${afterMs} ms`);
    this.afterMs = afterMs;
  }
}

/** How long the beginning of a stream is waited for, in milliseconds. */
export type PatienceLimits = {
  readonly answerMs: number;
  /** Until the server must be ready to answer at all: one that is there may be busy, one that is not is known sooner. */
  readonly readyMs: number | undefined;
  readonly isReady: () => boolean;
};

/** A wait for the beginning of a stream. */
export type Patience = {
  /** Aborts with `NoFirstAnswer` when it is over. */
  readonly over: AbortSignal;
  /** The beginning has come, or nobody waits for it any more. */
  end(): void;
};

/** Begins to wait. */
export function startPatience({ answerMs, readyMs, isReady }: PatienceLimits): Patience {
  const over = new AbortController();
  const timers = [setTimeout(() => over.abort(new NoFirstAnswer(answerMs)), answerMs)];
  if (readyMs !== undefined) {
    const giveUp = (): void => {
      if (!isReady()) over.abort(new NoFirstAnswer(readyMs));
    };
    timers.push(setTimeout(giveUp, readyMs));
  }
  return { over: over.signal, end: () => timers.forEach(clearTimeout) };
}

export class FirstResponseTimeout extends Error {
  readonly afterMs: number;

  constructor(afterMs: number) {
    super(`no first answer within ${afterMs} ms`);
    this.afterMs = afterMs;
  }
}

/** The timeouts for the first response of a stream. */
export type FirstResponseLimits = {
  readonly answerMs: number;
  /** Shorter than `answerMs`: a connected server may be busy, but a missing one is to be detected sooner. */
  readonly readyMs: number | undefined;
  readonly isReady: () => boolean;
};

/** A running first-response timeout. */
export type FirstResponseTimer = {
  /** Aborts with `FirstResponseTimeout`. */
  readonly over: AbortSignal;
  end(): void;
};

/** Starts both timeouts. */
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

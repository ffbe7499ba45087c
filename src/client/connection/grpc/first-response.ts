/** Thrown when a stream did not begin before its timeout. */
export class FirstResponseTimeout extends Error {
  readonly afterMs: number;

  constructor(afterMs: number) {
    super(`no first answer within ${afterMs} ms`);
    this.afterMs = afterMs;
  }
}

/** The timeouts for the beginning of a stream. */
export type FirstResponseLimits = {
  readonly answerMs: number;
  /**
   * Until the server must be ready to answer at all: a server that is there may be busy, one that is not is
   * detected sooner.
   */
  readonly readyMs: number | undefined;
  readonly isReady: () => boolean;
};

/** Waits for the beginning of a stream. */
export type FirstResponseTimer = {
  /** Aborts with `FirstResponseTimeout`. */
  readonly over: AbortSignal;
  /** Stops waiting. */
  end(): void;
};

/** Starts the timers. */
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

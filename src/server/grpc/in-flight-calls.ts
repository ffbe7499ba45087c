import { ChatError } from '../../shared/errors.js';

/** A call that has not been answered yet. */
export type OpenCall = {
  /** Streams are ended at shut-down; the others are answered first. */
  readonly streams: boolean;
  readonly end: (reason: ChatError) => void;
};

/** Every call under way, whoever makes it. */
export type OpenCalls = {
  add(call: OpenCall): void;
  delete(call: OpenCall): void;
  /** Throws `shutting-down` from `drain` on. */
  checkOpen(): void;
  /** Waits until the calls without a stream are answered, or `signal` aborts, and ends everything else. */
  drain(signal: AbortSignal): Promise<void>;
};

/** Makes an empty register of calls. */
export function createOpenCalls(): OpenCalls {
  const streams = new Set<OpenCall>();
  const answers = new Set<OpenCall>();
  let draining = false;
  let answered = (): void => undefined;

  return {
    add(call) {
      (call.streams ? streams : answers).add(call);
    },
    delete(call) {
      (call.streams ? streams : answers).delete(call);
      if (answers.size === 0) answered();
    },
    checkOpen() {
      if (draining) throw shuttingDown();
    },
    async drain(signal) {
      draining = true;
      await new Promise<void>((resolve) => {
        answered = resolve;
        if (answers.size === 0 || signal.aborted) resolve();
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
      for (const { end } of [...streams, ...answers]) end(shuttingDown());
    },
  };
}

function shuttingDown(): ChatError {
  return new ChatError('shutting-down', 'the server is shutting down');
}

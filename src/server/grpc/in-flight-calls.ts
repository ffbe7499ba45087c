import { ChatError } from '../../shared/errors.js';

/** A call that has not been answered yet. */
export type InFlightCall = {
  /** Streams are ended at shut-down; the others are answered first. */
  readonly streams: boolean;
  end(reason: ChatError): void;
};

/** Every call under way, whoever makes it. */
export type InFlightCalls = {
  add(call: InFlightCall): void;
  delete(call: InFlightCall): void;
  /** Throws `shutting-down` from `drain` on. */
  checkNotDraining(): void;
  /** Waits until the calls without a stream are answered, or `signal` aborts, and ends everything else. */
  drain(signal: AbortSignal): Promise<void>;
};

/** Makes an empty register of calls. */
export function createInFlightCalls(): InFlightCalls {
  const streams = new Set<InFlightCall>();
  const answers = new Set<InFlightCall>();
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
    checkNotDraining() {
      if (draining) throw shuttingDown();
    },
    async drain(signal) {
      draining = true;
      await new Promise<void>((resolve) => {
        answered = resolve;
        if (answers.size === 0 || signal.aborted) resolve();
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
      for (const call of [...streams, ...answers]) call.end(shuttingDown());
    },
  };
}

function shuttingDown(): ChatError {
  return new ChatError('shutting-down', 'the server is shutting down');
}

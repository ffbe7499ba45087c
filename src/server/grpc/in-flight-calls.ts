import { ChatError } from '../../shared/errors.js';

/** A call that has not been answered yet. */
export type InFlightCall = {
  /** A drain ends streams, and waits for the answers to other calls. */
  readonly streams: boolean;
  end(reason: ChatError): void;
};

/** The calls of all users. */
export type InFlightCalls = {
  add(call: InFlightCall): void;
  delete(call: InFlightCall): void;
  checkNotDraining(): void;
  /** Waits until the unary calls are answered or `signal` aborts, then ends all other calls. */
  drain(signal: AbortSignal): Promise<void>;
};

/** After a drain no call is accepted again. */
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

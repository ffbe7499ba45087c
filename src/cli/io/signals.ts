import { signalExitCodes } from './exit-codes.js';
import type { IO } from './io.js';

const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Runs `action` until it ends or a signal aborts it; the exit code is the signal's. A second signal exits. */
export async function untilSignal(io: IO, action: (signal: AbortSignal) => Promise<number>): Promise<number> {
  const controller = new AbortController();
  const stops: (() => void)[] = [];
  const caught = new Promise<number>((resolve) => {
    for (const name of names) {
      const code = signalExitCodes[name];
      stops.push(
        io.onSignal(name, () => {
          if (controller.signal.aborted) io.exit(code);
          resolve(code);
          controller.abort();
        }),
      );
    }
  });
  try {
    return await Promise.race([caught, action(controller.signal)]);
  } finally {
    for (const stop of stops) stop();
  }
}

import type { ChildProcess } from 'node:child_process';
import process from 'node:process';
import { setTimeout } from 'node:timers/promises';

/** A program that a bench needs until it releases it. */
export type Child = {
  /** To be called when the program has ended: fails the bench, with its output, unless it was released. */
  ended(exit: string | number | null): void;
  /** Allows the program to end. */
  release(): void;
};

const running = new Set<{ kill(): unknown }>();
process.once('exit', () => {
  for (const child of running) child.kill();
});
// Some children are in sessions of their own, which Ctrl+C does not reach.
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.once(signal, () => process.exit(code));
}

/** Watches a program, and kills it when the bench ends. */
export function watch(name: string, child: { kill(): unknown }, output = () => ''): Child {
  let isNeeded = true;
  running.add(child);
  return {
    ended(exit) {
      running.delete(child);
      if (!isNeeded) return;
      // Thrown outside of any promise, so that the bench fails even if it awaits nothing of this program.
      setImmediate(() => {
        throw new Error(`${name} ended with ${String(exit)}. ${output()}`);
      });
    },
    release: () => void (isNeeded = false),
  };
}

/** As `watch`, for a process that Node has started. */
export function watchProcess(name: string, process: ChildProcess, output?: () => string): Child {
  const child = watch(name, process, output);
  process.once('exit', (code, signal) => child.ended(code ?? signal));
  return child;
}

/** Rejects with the text of `describe` if `awaited` takes longer than the timeout. */
export async function withTimeout<Value>(
  describe: () => string,
  awaited: Promise<Value>,
  timeoutMs = 60_000,
): Promise<Value> {
  const timer = new AbortController();
  const expire = async (): Promise<never> => {
    await setTimeout(timeoutMs, undefined, { signal: timer.signal });
    throw new Error(`after ${timeoutMs / 1000} s: ${describe()}`);
  };
  const expired = expire();
  expired.catch(() => undefined);
  try {
    return await Promise.race([awaited, expired]);
  } finally {
    timer.abort();
  }
}

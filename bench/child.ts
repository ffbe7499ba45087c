import type { ChildProcess } from 'node:child_process';
import process from 'node:process';
import { setTimeout } from 'node:timers/promises';

/** A program that a bench needs until it says otherwise. */
export type Child = {
  /** To be called when it has ended: fails the bench, with what the program wrote, unless it was released. */
  ended(how: string | number | null): void;
  /** From now on it may end. */
  release(): void;
};

const running = new Set<{ kill(): unknown }>();
process.once('exit', () => {
  for (const child of running) child.kill();
});
// Some of them are in sessions of their own, where Ctrl+C does not reach them.
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.once(signal, () => process.exit(code));
}

/** Watches a program; it is killed when the bench ends, however that comes. */
export function watch(name: string, child: { kill(): unknown }, output = () => ''): Child {
  let isNeeded = true;
  running.add(child);
  return {
    ended(how) {
      running.delete(child);
      if (!isNeeded) return;
      // Nobody may be waiting for this program by a promise, so the whole bench fails.
      setImmediate(() => {
        throw new Error(`${name} ended with ${String(how)}. ${output()}`);
      });
    },
    release: () => void (isNeeded = false),
  };
}

/** The same for a process that Node has started. */
export function watchProcess(name: string, process: ChildProcess, output?: () => string): Child {
  const child = watch(name, process, output);
  process.once('exit', (code, signal) => child.ended(code ?? signal));
  return child;
}

/** Fails, with what is known by then, if something takes more than a minute, or as many milliseconds. */
export async function within<Value>(
  what: () => string,
  awaited: Promise<Value>,
  patience = 60_000,
): Promise<Value> {
  const timer = new AbortController();
  const outOfPatience = async (): Promise<never> => {
    await setTimeout(patience, undefined, { signal: timer.signal });
    throw new Error(`after ${patience / 1000} s: ${what()}`);
  };
  const late = outOfPatience();
  late.catch(() => undefined);
  try {
    return await Promise.race([awaited, late]);
  } finally {
    timer.abort();
  }
}

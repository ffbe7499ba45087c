import type { Readable, Writable } from 'node:stream';
import { signalExitCodes, exitProcess, terminalIsGone } from './exit.js';

/** What a command reads: a pipe, a file or, with `setRawMode`, a terminal. */
export type InputStream = Readable & {
  readonly isTTY?: boolean;
  setRawMode?(raw: boolean): unknown;
};

/** What a command writes to. A terminal has `columns`. */
export type OutputStream = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** The streams, environment and signals of the process. Commands use `process` only through it, so that tests can replace it. */
export type IO = {
  readonly stdin: InputStream;
  /** Data only. */
  readonly stdout: OutputStream;
  /** Everything else. */
  readonly stderr: OutputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Calls `handler` at each such signal, instead of exiting; the returned function stops that. */
  onSignal(signal: NodeJS.Signals, handler: () => void): () => void;
  /** Whether a terminal of the process was closed. */
  terminalIsGone(): boolean;
  setUmask(mask: number): void;
  exit(code: number): never;
};

/** An environment variable, or undefined if it is not set or empty. */
export function setVariable(env: IO['env'], name: string): string | undefined {
  return env[name] === '' ? undefined : env[name];
}

/** This process. Its streams are opened on first use: `--help` needs only stdout. */
export const processIO: IO = {
  get stdin() {
    return process.stdin;
  },
  get stdout() {
    return process.stdout;
  },
  get stderr() {
    return process.stderr;
  },
  // A copy: `main.ts` removes secrets from the original.
  env: { ...process.env },
  cwd: process.cwd(),
  onSignal(signal, handler) {
    process.on(signal, handler);
    return () => process.off(signal, handler);
  },
  terminalIsGone,
  setUmask(mask) {
    process.umask(mask);
  },
  exit: exitProcess,
};

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

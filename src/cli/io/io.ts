import type { Readable, Writable } from 'node:stream';
import { exitProcess, terminalIsGone } from './exit-process.js';

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

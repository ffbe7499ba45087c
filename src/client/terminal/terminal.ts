import { writeSync } from 'node:fs';
import nodeProcess from 'node:process';
import type { ReadStream, WriteStream } from 'node:tty';
import type { Clock } from '../../shared/clock.js';
import { errorCode } from '../../shared/error-code.js';
import { attachInput } from './input/input.js';
import type { TerminalInput } from './input/terminal-input.js';
import { restoreOnExit } from './restore-on-exit.js';
import { Screen } from './screen/screen.js';
import { watchSuspension } from './suspension.js';
import { terminalModes } from './terminal-modes.js';

/** The terminal as the full-screen client uses it: raw keyboard, alternate screen, given back on every way out. */
export type Terminal = {
  readonly screen: Screen;
  /** Calls back with each input, also those that came before this call. One listener: the last one given. */
  onInput(listener: (input: TerminalInput) => void): void;
  /** Adds a source of bytes to be written each time before the terminal is given back: for what must be cleaned up. */
  beforeLeave(bytes: () => string): void;
  /** Ctrl+Z: gives the terminal back and stops the process group; on return takes it and draws again. */
  suspend(): void;
  /** Gives the terminal to another program while `use` runs, and takes it again whatever comes of it. */
  lend<Result>(use: () => Promise<Result>): Promise<Result>;
  /** Gives the terminal back for good. Idempotent, synchronous. */
  close(): void;
};

/** What `openTerminal` needs. */
export type TerminalOptions = {
  readonly stdin: ReadStream;
  readonly stdout: WriteStream;
  readonly clock: Clock;
  /** Ends the process. */
  readonly exit: (code: number) => void;
  /** Report crashes with their stack. */
  readonly debug: boolean;
};

/** Takes the terminal over. From here on every way out of the process gives it back. */
export function openTerminal({ stdin, stdout, clock, exit, debug }: TerminalOptions): Terminal {
  const screen = new Screen(stdout, () => refreshSize(stdout));
  const descriptor = 'fd' in stdout && typeof stdout.fd === 'number' ? stdout.fd : 1;
  const modes = terminalModes((bytes) => writeNow(descriptor, bytes));
  const early: TerminalInput[] = [];
  let listener = (input: TerminalInput): void => void early.push(input);
  let detachInput: (() => void) | undefined;

  let isLent = false;

  const enter = () => {
    // Stopped and continued while another program has the terminal: it still has it.
    if (isLent) return;
    detachInput ??= attachInput(stdin, clock, (input) => listener(input));
    modes.enter();
    screen.start();
  };
  const leave = () => {
    attempt(() => screen.stop());
    attempt(() => modes.leave());
    attempt(() => detachInput?.());
    detachInput = undefined;
  };
  const unwatchExit = restoreOnExit({
    process: nodeProcess,
    exit,
    stdin,
    stdout,
    restore: leave,
    report: (text) => attempt(() => writeNow(nodeProcess.stderr.fd, text)),
    debug,
  });
  const { suspend, unwatch } = watchSuspension({ process: nodeProcess, clock, leave, enter });
  enter();
  return {
    screen,
    onInput(next) {
      listener = next;
      for (const input of early.splice(0)) listener(input);
    },
    beforeLeave: (bytes) => modes.beforeLeave(bytes),
    suspend,
    async lend(use) {
      leave();
      isLent = true;
      try {
        return await use();
      } finally {
        isLent = false;
        enter();
      }
    },
    close() {
      leave();
      unwatch();
      unwatchExit();
    },
  };
}

/** Node does this at SIGWINCH alone, which a stopped process and one in the background are not sent. */
function refreshSize(stdout: WriteStream & { _refreshSize?(): void }): void {
  stdout._refreshSize?.();
}

/** One step of the way out: if it fails (the terminal is gone), the next ones still run. */
function attempt(step: () => void): void {
  try {
    step();
  } catch {
    // Nothing is left to tell it to.
  }
}

/** Tries before a terminal that takes nothing is given up: half a second in all. */
const maxTries = 100;
const pauseMs = 5;

/** What `writeNow` needs: writes what it can and returns how much that was; throws as `fs.writeSync` does. */
type WriteSome = (descriptor: number, bytes: Uint8Array) => number;

/** Writes to a file descriptor before it returns, so that it also works while the process dies. Throws what cannot be waited out. */
export function writeNow(descriptor: number, text: string, writeSome: WriteSome = writeSync): void {
  let rest: Uint8Array = Buffer.from(text);
  for (let tries = 0; rest.length > 0 && tries < maxTries; tries += 1) {
    try {
      rest = rest.subarray(writeSome(descriptor, rest));
    } catch (error) {
      // The terminal is behind: let it catch up.
      if (errorCode(error) !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs);
    }
  }
}

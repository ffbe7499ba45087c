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

/** The terminal of the full-screen client: raw keyboard, alternate screen. */
export type Terminal = {
  readonly screen: Screen;
  /** Also receives earlier inputs. A new listener replaces the last one. */
  onInput(listener: (input: TerminalInput) => void): void;
  /** Adds bytes to write before each restore of the terminal. */
  beforeLeave(bytes: () => string): void;
  /** Whether the wheel scrolls; meanwhile the terminal selects text only with Shift. */
  setMouse(isOn: boolean): void;
  /** Draws everything again, for a terminal that may have lost its modes too. */
  redraw(): void;
  /** Stops the process group; draws again on return. */
  suspend(): void;
  /** Lends the terminal to another program while `use` runs. */
  lend<Result>(use: () => Promise<Result>): Promise<Result>;
  /** Idempotent, synchronous. */
  close(): void;
};

/** Dependencies of `openTerminal`. */
export type TerminalOptions = {
  readonly stdin: ReadStream;
  readonly stdout: WriteStream;
  readonly clock: Clock;
  readonly exit: (code: number) => void;
  readonly debug: boolean;
  /** In tmux or screen, whose terminal may send the wheel as arrow keys. */
  readonly isMultiplexed: boolean;
};

/** Every way out of the process restores the terminal. */
export function openTerminal(options: TerminalOptions): Terminal {
  const { stdin, stdout, clock, exit, debug, isMultiplexed } = options;
  const screen = new Screen(stdout, () => refreshSize(stdout));
  const descriptor = 'fd' in stdout && typeof stdout.fd === 'number' ? stdout.fd : 1;
  const modes = terminalModes((bytes) => writeNow(descriptor, bytes));
  const earlyInputs: TerminalInput[] = [];
  let listener = (input: TerminalInput): void => void earlyInputs.push(input);
  let detachInput: (() => void) | undefined;

  let isLent = false;

  const enter = () => {
    if (isLent) return;
    detachInput ??= attachInput(stdin, clock, (input) => listener(input), isMultiplexed);
    modes.enter();
    screen.start();
  };
  const leave = () => {
    tryStep(() => screen.stop());
    tryStep(() => modes.leave());
    tryStep(() => detachInput?.());
    detachInput = undefined;
  };
  const unwatchExit = restoreOnExit({
    process: nodeProcess,
    exit,
    stdin,
    stdout,
    restore: leave,
    report: (text) => tryStep(() => writeNow(nodeProcess.stderr.fd, text)),
    debug,
  });
  const { suspend, unwatch } = watchSuspension({ process: nodeProcess, clock, leave, enter });
  // Programs such as dtach show a client in another terminal and change the size.
  screen.on('resize', () => tryStep(() => modes.refresh()));
  enter();
  return {
    screen,
    onInput(next) {
      listener = next;
      for (const input of earlyInputs.splice(0)) listener(input);
    },
    setMouse: (isOn) => tryStep(() => modes.setMouse(isOn)),
    redraw() {
      tryStep(() => modes.refresh());
      screen.redraw();
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

/** Node refreshes it at SIGWINCH only, which stopped and background processes do not get. */
function refreshSize(stdout: WriteStream & { _refreshSize?(): void }): void {
  stdout._refreshSize?.();
}

function tryStep(step: () => void): void {
  try {
    step();
  } catch {
    // The terminal is closed; the next steps must still run.
  }
}

/** A terminal that reads nothing for half a second is given up. */
const maxTries = 100;
const pauseMs = 5;

type WriteSome = (descriptor: number, bytes: Uint8Array) => number;

/** Synchronous, so that it works while the process dies. Throws every error but EAGAIN. */
export function writeNow(descriptor: number, text: string, writeSome: WriteSome = writeSync): void {
  let rest: Uint8Array = Buffer.from(text);
  for (let tries = 0; rest.length > 0 && tries < maxTries; tries += 1) {
    try {
      rest = rest.subarray(writeSome(descriptor, rest));
    } catch (error) {
      if (errorCode(error) !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs);
    }
  }
}

import type { Clock } from '../../shared/clock.js';

/** The part of `process` that is used. */
type StoppableProcess = {
  readonly platform: string;
  on(event: 'SIGTSTP' | 'SIGCONT', listener: () => void): unknown;
  off(event: 'SIGTSTP' | 'SIGCONT', listener: () => void): unknown;
  kill(group: number, signal: 'SIGTSTP'): unknown;
};

/** What `watchSuspension` needs. */
export type SuspensionOptions = {
  readonly process: StoppableProcess;
  readonly clock: Clock;
  /** Gives the terminal back. */
  readonly leave: () => void;
  /** Takes the terminal again. */
  readonly enter: () => void;
};

/** A stop that does not happen (no shell to come back from) shows within this time. */
const stopMilliseconds = 200;
/** After a stop this timer is due at once; SIGCONT, which has come too, gets its turn before. */
const continueMilliseconds = 20;

/** Stopping with Ctrl+Z or SIGTSTP and coming back with SIGCONT. */
export function watchSuspension({ process, clock, leave, enter }: SuspensionOptions): {
  /** Gives the terminal back and stops the whole process group, as Ctrl+Z does outside raw mode. */
  suspend: () => void;
  /** Ends the watch. */
  unwatch: () => void;
} {
  let isAway = false;
  let cancelReturn = () => {
    // Not away yet.
  };

  const suspend = () => {
    // Windows has no stopping.
    if (isAway || process.platform === 'win32') return;
    isAway = true;
    leave();
    // Without a listener the signal does what it does by default: it stops.
    process.off('SIGTSTP', suspend);
    // The kernel does not stop a group that no shell controls (`xterm -e chat`), and then no SIGCONT comes.
    cancelReturn = clock.after(stopMilliseconds, () => {
      cancelReturn = clock.after(continueMilliseconds, comeBack);
    });
    process.kill(0, 'SIGTSTP');
  };
  const comeBack = () => {
    cancelReturn();
    // Stopped from outside (SIGSTOP): nobody gave the terminal back, and the shell has changed its modes.
    if (!isAway) leave();
    else process.on('SIGTSTP', suspend);
    isAway = false;
    enter();
  };

  if (process.platform !== 'win32') {
    process.on('SIGTSTP', suspend);
    process.on('SIGCONT', comeBack);
  }
  return {
    suspend,
    unwatch() {
      cancelReturn();
      process.off('SIGTSTP', suspend);
      process.off('SIGCONT', comeBack);
    },
  };
}

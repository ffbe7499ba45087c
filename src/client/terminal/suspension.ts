import type { Clock } from '../../shared/clock.js';

type StoppableProcess = {
  readonly platform: string;
  on(event: 'SIGTSTP' | 'SIGCONT', listener: () => void): unknown;
  off(event: 'SIGTSTP' | 'SIGCONT', listener: () => void): unknown;
  kill(group: number, signal: 'SIGTSTP'): unknown;
};

type SuspensionOptions = {
  readonly process: StoppableProcess;
  readonly clock: Clock;
  readonly leave: () => void;
  readonly enter: () => void;
};

/** A process that is still running by then has no shell to stop it. */
const stopTimeoutMs = 200;
/** After a stop this timer is due at once; the pending SIGCONT must be handled first. */
const continueDelayMs = 20;

/** Handles Ctrl+Z, SIGTSTP and SIGCONT. */
export function watchSuspension({ process, clock, leave, enter }: SuspensionOptions): {
  suspend: () => void;
  unwatch: () => void;
} {
  let isAway = false;
  let cancelReturn = () => {
    // Not suspended yet.
  };

  const suspend = () => {
    if (isAway || process.platform === 'win32') return;
    isAway = true;
    leave();
    // Without a listener the signal stops the process.
    process.off('SIGTSTP', suspend);
    // The kernel does not stop a group that no shell controls (`xterm -e chat`); then no SIGCONT comes.
    cancelReturn = clock.after(stopTimeoutMs, () => {
      cancelReturn = clock.after(continueDelayMs, comeBack);
    });
    process.kill(0, 'SIGTSTP');
  };
  const comeBack = () => {
    cancelReturn();
    // After SIGSTOP the terminal was not restored, and the shell has changed its modes.
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

/**
 * Throttles processes to a share of a core each, until the parent exits: `throttle-cpu.ts SHARE PID...`. A process that
 * has used more than its share is stopped for a moment, so that it is the bottleneck of a bench.
 */
import { readdirSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { errorCode } from '../../src/shared/error-code.js';

const intervalMs = 2;
/** Unused CPU time expires after this time. */
const maxUnusedMs = 20;

const [share = '', ...pids] = process.argv.slice(2);
const throttled = pids.map((text) => ({
  pid: Number(text),
  creditMs: 0,
  usedMs: cpuMsOf(Number(text)),
  isStopped: false,
}));
let last = performance.now();

const check = (): void => {
  const now = performance.now();
  for (const one of throttled) {
    const usedMs = cpuMsOf(one.pid);
    one.creditMs = Math.min(
      one.creditMs + (now - last) * Number(share) - (usedMs - one.usedMs),
      maxUnusedMs * Number(share),
    );
    one.usedMs = usedMs;
    if (one.isStopped === one.creditMs < 0) continue;
    one.isStopped = !one.isStopped;
    process.kill(one.pid, one.isStopped ? 'SIGSTOP' : 'SIGCONT');
  }
  last = now;
};
setInterval(check, intervalMs);
process.on('disconnect', () => process.exit());
// Leaves no process stopped.
process.on('exit', () => {
  for (const { pid } of throttled) resume(pid);
});
process.send?.('ready');

/** The CPU time of all threads of a process (Linux). */
function cpuMsOf(pid: number): number {
  const nanoseconds = readdirSync(`/proc/${pid}/task`).map((thread) =>
    Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]),
  );
  return nanoseconds.reduce((sum, one) => sum + one, 0) / 1e6;
}

function resume(pid: number): void {
  try {
    process.kill(pid, 'SIGCONT');
  } catch (error) {
    // The process has exited.
    if (errorCode(error) !== 'ESRCH') throw error;
  }
}

/**
 * Holds processes to a part of a core each: `hold.ts SHARE PID...`, until its parent goes. A process that has used more
 * than its share is stopped for a moment, so that it is the bottleneck of a bench, whatever else runs on the machine.
 */
import { readdirSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { errorCode } from '../../src/shared/error-code.js';

const interval = 2;
/** What was not used is lost after so many milliseconds. */
const memory = 20;

const [share = '', ...pids] = process.argv.slice(2);
const held = pids.map((text) => ({
  pid: Number(text),
  allowed: 0,
  used: cpuOf(Number(text)),
  isStopped: false,
}));
let last = performance.now();

const look = (): void => {
  const now = performance.now();
  for (const one of held) {
    const used = cpuOf(one.pid);
    one.allowed = Math.min(
      one.allowed + (now - last) * Number(share) - (used - one.used),
      memory * Number(share),
    );
    one.used = used;
    if (one.isStopped === one.allowed < 0) continue;
    one.isStopped = !one.isStopped;
    process.kill(one.pid, one.isStopped ? 'SIGSTOP' : 'SIGCONT');
  }
  last = now;
};
setInterval(look, interval);
process.on('disconnect', () => process.exit());
// However this ends, nothing stays stopped.
process.on('exit', () => {
  for (const { pid } of held) letGo(pid);
});
process.send?.('ready');

/** Milliseconds of processor time that all threads of a process used (Linux). */
function cpuOf(pid: number): number {
  const nanoseconds = readdirSync(`/proc/${pid}/task`).map((thread) =>
    Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]),
  );
  return nanoseconds.reduce((sum, one) => sum + one, 0) / 1e6;
}

function letGo(pid: number): void {
  try {
    process.kill(pid, 'SIGCONT');
  } catch (error) {
    // One that has gone needs nothing.
    if (errorCode(error) !== 'ESRCH') throw error;
  }
}

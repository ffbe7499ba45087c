import type { Clock } from '../../../shared/clock.js';
import type { IO } from '../../io/io.js';

/** A count that is shown while something takes long. */
export type Progress = { step(): void; end(): void };

/** Between two updates, in milliseconds. */
const interval = 200;

/** Counts on stderr where a person watches and stdout goes elsewhere; the line is gone in the end. */
export function showProgress({ stdout, stderr }: Pick<IO, 'stdout' | 'stderr'>, clock: Clock): Progress {
  if (!stderr.isTTY || stdout.isTTY) return { step: () => undefined, end: () => undefined };
  let count = 0;
  let shown = '';
  let next = clock.monotonicMs() + interval;
  return {
    step() {
      count++;
      if (clock.monotonicMs() < next) return;
      next = clock.monotonicMs() + interval;
      shown = `${count} messages`;
      stderr.write(`\r${shown}`);
    },
    end() {
      if (shown !== '') stderr.write(`\r${' '.repeat(shown.length)}\r`);
    },
  };
}

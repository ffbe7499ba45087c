import type { Clock } from '../../shared/clock.js';
import type { ChatError } from '../../shared/errors.js';
import { createWaitingLine, type WaitingLine } from './waiting-line.js';

/** Waiting lines by key: an address, or a user. */
export type WaitingLines = {
  /** The line of that key, a new one if there is none. */
  of(key: string): WaitingLine;
  /** How many there are. */
  count(): number;
  /** Refuses all who wait in any of them. */
  close(error: ChatError): void;
};

// Below this it is not worth looking for lines to forget.
const fewLines = 256;

/**
 * Makes lines in which `free` failures a minute cost nothing. Idle ones are forgotten, so there are hardly more
 * than attempts that fail within a minute, which hashing bounds.
 */
export function createWaitingLines(clock: Clock, free: number): WaitingLines {
  const lines = new Map<string, WaitingLine>();
  let tidyAt = fewLines;

  function tidy(): void {
    for (const [key, line] of lines) if (line.isIdle()) lines.delete(key);
    // Twice what is left: tidying then costs little for each line that is made.
    tidyAt = Math.max(fewLines, 2 * lines.size);
  }

  return {
    of(key) {
      const known = lines.get(key);
      if (known) return known;
      if (lines.size >= tidyAt) tidy();
      const line = createWaitingLine(clock, free);
      lines.set(key, line);
      return line;
    },
    count: () => lines.size,
    close(error) {
      for (const line of lines.values()) line.close(error);
    },
  };
}

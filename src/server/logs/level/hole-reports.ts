import type { Hole } from './entry-reader.js';

/** Damage is told once, however often it is met; after this many holes only the first ones are remembered. */
const remembered = 1000;

/**
 * Passes holes on, each once. What lies below the oldest sequence kept was dropped, so it is no hole.
 */
export function createHoleReports(onHole: (hole: Hole) => void): {
  report: (hole: Hole, oldest: number) => void;
} {
  const known: Hole[] = [];
  return {
    report({ from, to }, oldest) {
      const hole = { from: Math.max(from, oldest), to };
      if (hole.from > hole.to || known.some((other) => other.from <= hole.from && hole.to <= other.to))
        return;
      if (known.length < remembered) known.push(hole);
      onHole(hole);
    },
  };
}

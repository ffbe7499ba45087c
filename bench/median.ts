/** The value below which `share` (0 to 1) of a sample is: 0.5 is the median. */
export function quantile(sample: readonly number[], share: number): number {
  const sorted = [...sample].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}

/** The times of a task in milliseconds; the first round warms up. */
export async function timesOf(rounds: number, task: () => Promise<void>): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const start = performance.now();
    await task();
    if (round > 0) times.push(performance.now() - start);
  }
  return times;
}

export function medianOf<Reading>(sample: readonly Reading[], figure: (reading: Reading) => number): number {
  return quantile(sample.map(figure), 0.5);
}

export function rangeOf(sample: readonly number[]): string {
  return `${Math.min(...sample).toFixed(2)} to ${Math.max(...sample).toFixed(2)}`;
}

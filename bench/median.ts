/** The value in the middle of a sample, and the one that `share` of it stay below (0 to 1). */
export function quantile(sample: readonly number[], share: number): number {
  const sorted = [...sample].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}

/** The median of one figure of many readings. */
export function medianOf<Reading>(sample: readonly Reading[], figure: (reading: Reading) => number): number {
  return quantile(sample.map(figure), 0.5);
}

/** How far a sample of ratios spreads: the least and the greatest. */
export function rangeOf(sample: readonly number[]): string {
  return `${Math.min(...sample).toFixed(2)} to ${Math.max(...sample).toFixed(2)}`;
}

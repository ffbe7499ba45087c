/** A figure of a bench, as a row of the table. */
export type Row = {
  /** The name of the figure. */
  readonly what: string;
  /** A reading with its unit, or a ratio to a peer in the same run. */
  readonly value: number;
  /** After the number: `ms`, `×`, `kB`... */
  readonly unit: string;
  /** Absent if the figure only explains another. */
  readonly limit?: { readonly max: number } | { readonly min: number };
  /** The readings of ours and of the peer behind the figure. */
  readonly details?: string;
};

export function isWithinLimit({ value, limit }: Row): boolean {
  if (!limit) return true;
  return 'max' in limit ? value <= limit.max : value >= limit.min;
}

export function lineOf(row: Row): string {
  const { what, value, unit, limit, details = '' } = row;
  const limitText = limit ? ('max' in limit ? `≤ ${limit.max}` : `≥ ${limit.min}`) : '';
  const status = limit ? (isWithinLimit(row) ? 'ok' : 'FAIL') : '';
  const columns = [
    what.padEnd(52),
    `${rounded(value)} ${unit}`.padStart(12),
    limitText.padStart(9),
    status.padEnd(4),
  ];
  return `${columns.join('  ')}  ${details}`.trimEnd();
}

/** Sends a row to `npm run bench`, or prints it if the bench runs on its own. */
export function report(row: Row): void {
  if (process.send) process.send(row);
  else console.log(lineOf(row));
}

function rounded(value: number): string {
  return value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2);
}

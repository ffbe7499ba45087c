/** One figure of a bench, as it stands in the table. */
export type Row = {
  /** What was measured, in a few words. */
  readonly what: string;
  /** The figure that the bar is about: a reading with its unit, or a ratio to a peer in the same run. */
  readonly value: number;
  /** After the number: `ms`, `×`, `kB`... */
  readonly unit: string;
  /** What it must not pass, or must reach; absent where the figure only explains another. */
  readonly bar?: { readonly most: number } | { readonly least: number };
  /** The readings behind the figure, and the peer's. */
  readonly details?: string;
};

/** True where a row's figure keeps its bar, or there is none. */
export function isWithin({ value, bar }: Row): boolean {
  if (!bar) return true;
  return 'most' in bar ? value <= bar.most : value >= bar.least;
}

/** A row as one line of the table. */
export function lineOf(row: Row): string {
  const { what, value, unit, bar, details = '' } = row;
  const limit = bar ? ('most' in bar ? `≤ ${bar.most}` : `≥ ${bar.least}`) : '';
  const verdict = bar ? (isWithin(row) ? 'ok' : 'OVER') : '';
  const columns = [
    what.padEnd(52),
    `${rounded(value)} ${unit}`.padStart(12),
    limit.padStart(9),
    verdict.padEnd(4),
  ];
  return `${columns.join('  ')}  ${details}`.trimEnd();
}

/** Hands a row to `npm run bench`, or prints it where the bench was started by itself. */
export function report(row: Row): void {
  if (process.send) process.send(row);
  else console.log(lineOf(row));
}

function rounded(value: number): string {
  return value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2);
}

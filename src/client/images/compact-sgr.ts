const closed = '\x1b[39m\x1b[49m';
const cell = /(?:\x1b\[([\d;]*)m)(?:\x1b\[([\d;]*)m)([^\x1b])\x1b\[39m\x1b\[49m/g;

/**
 * The same row in fewer bytes. Every cell of the input sets its background and foreground and closes both; the
 * output sets what differs from the cell before, and closes once. A row that is made otherwise stays as it is.
 */
export function compactSgr(row: string): string {
  let background: string | undefined;
  let foreground: string | undefined;
  let end = 0;
  let compact = '';
  for (const [whole, back = '', fore = '', character = ''] of row.matchAll(cell)) {
    if (back !== background) compact += `\x1b[${back}m`;
    if (fore !== foreground) compact += `\x1b[${fore}m`;
    [background, foreground] = [back, fore];
    compact += character;
    end += whole.length;
  }
  return end > 0 && end === row.length ? compact + closed : row;
}

/**
 * The line (from 1) of a TOML text where a setting stands, by its path of keys. Where it is written in an unusual way
 * (dotted keys, inline tables): the first line that names its last key.
 */
export function lineOf(text: string, path: readonly string[]): number {
  const lines = text.split(/\r?\n/);
  const wanted = path.join('.');
  let table = '';
  for (const [index, line] of lines.entries()) {
    const header = /^\s*\[([^\]]+)\]/.exec(line)?.[1];
    if (header !== undefined) table = `${bare(header)}.`;
    const key = header === undefined ? /^\s*([^=#]+?)\s*=/.exec(line)?.[1] : undefined;
    const here = key === undefined ? table.slice(0, -1) : table + bare(key);
    if (here === wanted) return index + 1;
  }
  const last = path.at(-1) ?? '';
  return (
    Math.max(
      0,
      lines.findIndex((line) => line.includes(last)),
    ) + 1
  );
}

/** Keys without the quotes and spaces that TOML allows around them. */
function bare(keys: string): string {
  return keys.replace(/["'\s]/g, '');
}

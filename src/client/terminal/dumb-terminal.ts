/** No escape sequence may be written to it. Windows terminals set no `TERM` and understand them. */
export function isDumbTerminal(
  { TERM = '' }: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): boolean {
  return TERM === 'dumb' || (TERM === '' && platform !== 'win32');
}

/**
 * Whether the terminal understands no escape sequences, or nothing says that it does: then none may be written to it.
 * Windows terminals set no `TERM` and understand them.
 */
export function isDumbTerminal(
  { TERM = '' }: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): boolean {
  return TERM === 'dumb' || (TERM === '' && platform !== 'win32');
}

import { sanitiseLine } from '../../client/terminal/text/sanitise.js';
import type { IO } from '../io/io.js';

/** What a command prints on stderr while it delivers. */
export type ReportFlags = { readonly verbose?: boolean; readonly quiet?: boolean };

/** Reports each new reason for waiting once; `timeoutText`: for how long the command tries. */
export function reportRetries(
  timeoutText: string,
  flags: ReportFlags,
  io: Pick<IO, 'stderr'>,
): (reason: string) => void {
  let last: string | undefined;
  return (reason) => {
    if (reason !== last) writeNote(`${reason}; trying again for up to ${timeoutText}`, flags, io);
    last = reason;
  };
}

/** Writes a line for the user if stderr is a terminal or with `--verbose`, unless `--quiet`. */
export function writeNote(
  line: string,
  { verbose, quiet }: ReportFlags,
  { stderr }: Pick<IO, 'stderr'>,
): void {
  if (!quiet && (verbose || stderr.isTTY)) stderr.write(`chat: ${sanitiseLine(line)}\n`);
}

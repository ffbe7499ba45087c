import { WriteStream } from 'node:tty';

/** How many colours may be used. */
export type ColourDepth = 'none' | '16' | '256' | 'truecolor';

const depthOfBits: Readonly<Record<number, ColourDepth>> = { 4: '16', 8: '256', 24: 'truecolor' };

/**
 * The colours that the environment promises, from `NO_COLOR`, `FORCE_COLOR`, `COLORTERM` and `TERM`.
 * `NO_COLOR` wins over all. For output that is a terminal.
 */
export function colourDepth(environment: Readonly<Record<string, string | undefined>>): ColourDepth {
  if (environment.NO_COLOR) return 'none';
  // A build service's `CI` says nothing about a terminal that somebody sits at.
  const asked = Object.fromEntries(
    Object.entries(environment).filter(
      ([name, value]) => name !== 'CI' && name !== 'NO_COLOR' && value !== undefined,
    ),
  );
  return depthOfBits[WriteStream.prototype.getColorDepth(asked)] ?? 'none';
}

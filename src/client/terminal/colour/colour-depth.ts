import { WriteStream } from 'node:tty';

/** How many colours may be used. */
export type ColourDepth = 'none' | '16' | '256' | 'truecolor';

const depthOfBits: Readonly<Record<number, ColourDepth>> = { 4: '16', 8: '256', 24: 'truecolor' };

export function colourDepth(environment: Readonly<Record<string, string | undefined>>): ColourDepth {
  if (environment.NO_COLOR) return 'none';
  // `CI` says nothing about a terminal that a user types at.
  const asked = Object.fromEntries(
    Object.entries(environment).filter(
      ([name, value]) => name !== 'CI' && name !== 'NO_COLOR' && value !== undefined,
    ),
  );
  return depthOfBits[WriteStream.prototype.getColorDepth(asked)] ?? 'none';
}

import { luminance } from './contrast.js';

/** The brightness of the terminal's background. */
export type Background = 'light' | 'dark';

/** xterm, "Operating System Commands", 11. Terminals that do not support it do not answer. */
export const backgroundQuery = '\x1b]11;?\x1b\\';

const reply = /^\x1b\]11;rgba?:([0-9a-f]{1,4})\/([0-9a-f]{1,4})\/([0-9a-f]{1,4})/i;
// The luminance at which black and white have equal contrast.
const middle = 0.18;

export function backgroundOfReply(sequence: string): Background | undefined {
  const found = reply.exec(sequence);
  if (!found) return undefined;
  // One to four digits: `f` and `ffff` are both the maximum.
  const [red = 0, green = 0, blue = 0] = found
    .slice(1)
    .map((digits) => (parseInt(digits, 16) / (16 ** digits.length - 1)) * 255);
  return luminance({ red, green, blue }) > middle ? 'light' : 'dark';
}

/** rxvt and Konsole set `COLORFGBG` (`15;0`, or `15;default;0`). */
export function backgroundOfEnvironment({
  COLORFGBG,
}: Readonly<Record<string, string | undefined>>): Background | undefined {
  const colour = /;(\d{1,2})$/.exec(COLORFGBG ?? '')?.[1];
  if (colour === undefined || Number(colour) > 15) return undefined;
  return Number(colour) === 7 || Number(colour) > 8 ? 'light' : 'dark';
}

import { luminance } from './contrast.js';

/** What the terminal writes on. */
export type Background = 'light' | 'dark';

/** Asks for the background colour (xterm, "Operating System Commands", 11). Terminals that do not know it stay silent. */
export const backgroundQuery = '\x1b]11;?\x1b\\';

const reply = /^\x1b\]11;rgba?:([0-9a-f]{1,4})\/([0-9a-f]{1,4})\/([0-9a-f]{1,4})/i;
// Between here and there black and white stand out equally well.
const middle = 0.18;

/** The background that a terminal's answer tells; undefined for every other sequence. */
export function backgroundOfReply(sequence: string): Background | undefined {
  const found = reply.exec(sequence);
  if (!found) return undefined;
  // One to four digits a part: `f` and `ffff` are both the most.
  const [red = 0, green = 0, blue = 0] = found
    .slice(1)
    .map((digits) => (parseInt(digits, 16) / (16 ** digits.length - 1)) * 255);
  return luminance({ red, green, blue }) > middle ? 'light' : 'dark';
}

/** The background that `COLORFGBG` promises (`15;0`, or `15;default;0`): rxvt and Konsole set it. */
export function backgroundOfEnvironment({
  COLORFGBG,
}: Readonly<Record<string, string | undefined>>): Background | undefined {
  const colour = /;(\d{1,2})$/.exec(COLORFGBG ?? '')?.[1];
  if (colour === undefined || Number(colour) > 15) return undefined;
  // White and the bright colours; bright black (8) is a dark grey.
  return Number(colour) === 7 || Number(colour) > 8 ? 'light' : 'dark';
}

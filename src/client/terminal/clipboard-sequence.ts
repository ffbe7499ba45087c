import { tmuxPassthrough } from './tmux-passthrough.js';

/** Several terminals ignore a longer text in base64. */
const maxBase64Length = 74_994;

export const maxCopiedBytes = Math.floor(maxBase64Length / 4) * 3;

/** OSC 52: asks the terminal to copy a text, without an answer. Undefined if the text is too long. */
export function clipboardSequence(
  text: string,
  { TMUX }: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const base64 = Buffer.from(text).toString('base64');
  if (base64.length > maxBase64Length) return undefined;
  const sequence = `\x1b]52;c;${base64}\x07`;
  // Depending on its settings tmux accepts the first (`set-clipboard on`) or passes on the second.
  return TMUX ? sequence + tmuxPassthrough(sequence) : sequence;
}

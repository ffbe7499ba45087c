/** An escape sequence as tmux hands it on to its own terminal (with `allow-passthrough on`). */
export function tmuxPassthrough(sequence: string): string {
  return `\x1bPtmux;${sequence.replaceAll('\x1b', '\x1b\x1b')}\x1b\\`;
}

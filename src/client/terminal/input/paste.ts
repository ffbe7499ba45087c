import type { TerminalInput } from './terminal-input.js';

/** What starts a bracketed paste. */
export const pasteStart = '\x1b[200~';

const pasteEnd = '\x1b[201~';

/** Characters of a paste that are kept; the rest is dropped. */
export const longestPaste = 8 * 1024 * 1024;

/** Goes on with a paste from `start`: the paste so far, whether that is all of it, and where decoding continues. */
export function takePaste(
  paste: string,
  buffer: string,
  start: number,
): { readonly paste: string; readonly isWhole: boolean; readonly end: number } {
  const marker = buffer.indexOf(pasteEnd, start);
  const isWhole = marker >= 0;
  const bodyEnd = isWhole ? marker : buffer.length - heldBack(buffer, start);
  const room = longestPaste - paste.length;
  return {
    paste: paste + buffer.slice(start, Math.min(bodyEnd, start + room)),
    isWhole,
    end: isWhole ? marker + pasteEnd.length : bodyEnd,
  };
}

/** A paste as an input: its line ends become `\n`. */
export function pasteInput(paste: string): TerminalInput {
  return { type: 'paste', text: lineEndsToNewlines(paste.slice(0, longestPaste)) };
}

/** Terminals send the line ends of a paste as CR, LF or CRLF, whatever they were. */
export function lineEndsToNewlines(text: string): string {
  return text.replace(/\r\n?/g, '\n');
}

/** The characters at the end that may be the start of a paste's end marker. */
function heldBack(buffer: string, start: number): number {
  const longest = Math.min(pasteEnd.length - 1, buffer.length - start);
  for (let length = longest; length > 0; length -= 1) {
    if (buffer.endsWith(pasteEnd.slice(0, length))) return length;
  }
  return 0;
}

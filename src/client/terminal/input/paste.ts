import type { TerminalInput } from './terminal-input.js';

export const pasteStart = '\x1b[200~';

const pasteEnd = '\x1b[201~';

export const maxPasteLength = 8 * 1024 * 1024;

/** Continues a paste from `start`. Decoding continues at `end`. */
export function takePaste(
  paste: string,
  buffer: string,
  start: number,
): { readonly paste: string; readonly isWhole: boolean; readonly end: number } {
  const marker = buffer.indexOf(pasteEnd, start);
  const isWhole = marker >= 0;
  const bodyEnd = isWhole ? marker : buffer.length - endMarkerLength(buffer, start);
  const freeLength = maxPasteLength - paste.length;
  return {
    paste: paste + buffer.slice(start, Math.min(bodyEnd, start + freeLength)),
    isWhole,
    end: isWhole ? marker + pasteEnd.length : bodyEnd,
  };
}

export function pasteInput(paste: string): TerminalInput {
  return { type: 'paste', text: lineEndsToNewlines(paste.slice(0, maxPasteLength)) };
}

/** Terminals send the line ends of a paste as CR, LF or CRLF. */
export function lineEndsToNewlines(text: string): string {
  return text.replace(/\r\n?/g, '\n');
}

function endMarkerLength(buffer: string, start: number): number {
  const longest = Math.min(pasteEnd.length - 1, buffer.length - start);
  for (let length = longest; length > 0; length -= 1) {
    if (buffer.endsWith(pasteEnd.slice(0, length))) return length;
  }
  return 0;
}

import { sanitiseText } from '../terminal/text/sanitise.js';

// All control characters; in a text, tab and newline stay.
const controlsOfLine = /[\u0000-\u001f\u007f-\u009f]/g;
const controlsOfText = /(?![\t\n])[\u0000-\u001f\u007f-\u009f]/g;

/** A text of several lines, its control characters shown as `\xNN`, safe for a terminal. */
export function visibleText(text: string): string {
  return sanitiseText(text.replaceAll('\r\n', '\n').replace(controlsOfText, asHex));
}

/** The same for one line: line ends and tabs are shown too. */
export function visibleLine(text: string): string {
  return sanitiseText(text.replace(controlsOfLine, asHex));
}

function asHex(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

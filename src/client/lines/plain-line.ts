import { imageCaption, failedImageCaption } from '../images/caption.js';
import { sanitiseText } from '../terminal/text/sanitise.js';
import type { MessageLine } from './message-line.js';

// The last moment that a Date can hold; a server may send any number.
const lastMoment = 8.64e15;

/**
 * One message for people and `grep`: `2026-11-22T09:14:03Z <user2> text`. Further lines of a text are indented by a
 * tab, so that none of them looks like a message of its own.
 */
export function plainLine(line: MessageLine): string {
  const moment = new Date(Math.min(line.timestamp, lastMoment)).toISOString().replace(/\.\d+Z$/, 'Z');
  // A name cannot end itself.
  const name = visibleLine(line.from).replaceAll('>', String.raw`\x3e`);
  return `${moment} <${name}> ${bodyOf(line)}`;
}

function bodyOf(line: MessageLine): string {
  if (line.type === 'message') return visibleText(line.text).replaceAll('\n', '\n\t');
  const { number, size, content, file } = line;
  const caption = size ? imageCaption(number, size, content.length) : failedImageCaption(number, 'not a PNG');
  return `[${caption}]${file === undefined ? '' : ` ${visibleLine(file)}`}`;
}

// All control characters; in a text, tab and newline stay.
const controlsOfLine = /[\u0000-\u001f\u007f-\u009f]/g;
const controlsOfText = /(?![\t\n])[\u0000-\u001f\u007f-\u009f]/g;

/** A text of several lines, its control characters shown as `\xNN`, safe for a terminal. */
function visibleText(text: string): string {
  return sanitiseText(text.replaceAll('\r\n', '\n').replace(controlsOfText, asHex));
}

/** The same for one line: line ends and tabs are shown too. */
function visibleLine(text: string): string {
  return sanitiseText(text.replace(controlsOfLine, asHex));
}

function asHex(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

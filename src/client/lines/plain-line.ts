import { imageCaption, failedImageCaption } from '../images/caption.js';
import { sanitiseText } from '../terminal/text/sanitise.js';
import type { MessageLine } from './message-line.js';

// The maximum of a Date; a server may send any number.
const maxTimestamp = 8.64e15;

/** `2026-11-22T09:14:03Z <user2> text`. Further lines are indented by a tab, so that none looks like a message. */
export function plainLine(line: MessageLine): string {
  const time = new Date(Math.min(line.timestamp, maxTimestamp)).toISOString().replace(/\.\d+Z$/, 'Z');
  const name = visibleLine(line.from).replaceAll('>', String.raw`\x3e`);
  return `${time} <${name}> ${bodyOf(line)}`;
}

function bodyOf(line: MessageLine): string {
  if (line.type === 'message') return visibleText(line.text).replaceAll('\n', '\n\t');
  const { number, size, content, file } = line;
  const caption = size ? imageCaption(number, size, content.length) : failedImageCaption(number, 'not a PNG');
  return `[${caption}]${file === undefined ? '' : ` ${visibleLine(file)}`}`;
}

const controlsOfLine = /[\u0000-\u001f\u007f-\u009f]/g;
const controlsOfText = /(?![\t\n])[\u0000-\u001f\u007f-\u009f]/g;

function visibleText(text: string): string {
  return sanitiseText(text.replaceAll('\r\n', '\n').replace(controlsOfText, asHex));
}

function visibleLine(text: string): string {
  return sanitiseText(text.replace(controlsOfLine, asHex));
}

function asHex(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

import { isSameName } from '../../shared/fold-text.js';
import { contentType, type Detail, type Message, type Reaction } from '../../shared/message.js';
import { pngSize, type PixelSize } from '../../shared/png.js';
import { decodeText } from '../../shared/text.js';
import { imageCaption, failedImageCaption } from '../images/caption.js';
import { sanitiseText } from '../terminal/text/sanitise.js';

type Common = MessageState & {
  readonly sequence: number | undefined;
  readonly id: string | undefined;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly from: string;
  /** The reader is the author. */
  readonly self: boolean;
  readonly replay: boolean;
  /** Absent if the server has no rooms. */
  readonly room?: LineRoom | undefined;
};

/** What a message refers to, and what has happened to it. */
type MessageState = Pick<Detail, 'replyTo' | 'mentions' | 'edited' | 'deleted' | 'reactions'>;

/** `label`: as in `#ops`; shown in plain lines, if there is one. */
export type LineRoom = {
  readonly name: string;
  readonly number: number;
  readonly label?: string | undefined;
};

type TextLine = Common & { readonly type: 'message'; readonly text: string };

/** `number`: the sequence, or a count if the server has none. `size`: undefined if the content is not a PNG. */
export type ImageLine = Common & {
  readonly type: 'image';
  readonly number: number;
  readonly size: PixelSize | undefined;
  readonly content: Uint8Array;
  readonly file: string | undefined;
};

/** A message to be written as a line. */
export type MessageLine = TextLine | ImageLine;

/** `user`: the reader; `images`: how many images came before the message. */
export type Reading = {
  readonly user: string;
  readonly replay: boolean;
  readonly images: number;
  readonly room?: LineRoom | undefined;
};

/** The result is not sanitised. */
export function messageLine(message: Message, { user, replay, images, room }: Reading): MessageLine {
  const { sequence, id, timestamp, from, type, content } = message;
  const common: Common = {
    sequence: sequence > 0 ? sequence : undefined,
    id: id === '' ? undefined : id,
    timestamp,
    from,
    self: isSameName(from, user),
    replay,
    room,
    ...stateOf(message.detail),
  };
  // What is left of an image is no image.
  if (type !== contentType.image || common.deleted)
    return { type: 'message', ...common, text: decodeText(content) };
  const number = sequence > 0 ? sequence : images + 1;
  return { type: 'image', ...common, number, size: pngSize(content), content, file: undefined };
}

function stateOf({ replyTo, mentions, edited, deleted, reactions }: Partial<Detail> = {}): MessageState {
  return {
    ...(replyTo !== undefined && { replyTo }),
    ...(mentions && { mentions }),
    ...(edited !== undefined && { edited }),
    ...(deleted && { deleted }),
    ...(reactions && { reactions }),
  };
}

/** The format version (`docs/json.md`): raised only when a key is removed or changes its meaning. */
export const lineVersion = 2;

/** Returns one line without its end. */
export function jsonLine(line: MessageLine): string {
  const { type, sequence, id, timestamp, from, self, replay } = line;
  const place = { room: line.room?.name, roomNumber: line.room?.number };
  const { replyTo, mentions, edited, deleted, reactions } = line;
  const state = { replyTo, mentions, edited, deleted, reactions: reactions?.map(reactionJson) };
  const common = { v: lineVersion, type, sequence, id, timestamp, from, self, replay, ...place, ...state };
  if (line.type === 'message') return encodeLine({ ...common, text: line.text });
  const { size, content, file } = line;
  return encodeLine({
    ...common,
    width: size?.width,
    height: size?.height,
    bytes: content.length,
    ...(file === undefined ? { base64: Buffer.from(content).toString('base64') } : { file }),
  });
}

const maxCount = 2 ** 32 - 1;

function reactionJson({ emoji, count, names }: Reaction) {
  return { emoji, count: Math.min(count, maxCount), names };
}

/** Characters that JSON leaves as they are, but that could control a terminal or end a line for some readers. */
const unsafe = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Co}]/gu;

/** Returns one line that decodes to the exact text but is safe to show in a terminal. */
export function encodeLine(value: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(value).replace(unsafe, (character) =>
    Array.from({ length: character.length }, (_, index) => escaped(character.charCodeAt(index))).join(''),
  );
}

function escaped(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`;
}

// The maximum of a Date; a server may send any number.
const maxTimestamp = 8.64e15;

/** `2026-11-22T09:14:03Z <user2> text`. Further lines are indented by a tab, so that none looks like a message. */
export function plainLine(line: MessageLine): string {
  const { label } = line.room ?? {};
  const name = visibleLine(line.from).replaceAll('>', String.raw`\x3e`);
  return `${timeText(line.timestamp)} ${label === undefined ? '' : `${oneWord(label)} `}<${name}> ${bodyOf(line)}`;
}

export function timeText(timestamp: number): string {
  return new Date(Math.min(timestamp, maxTimestamp)).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** Without spaces and angle brackets, which would look like another part of the line. */
export function oneWord(text: string): string {
  return visibleLine(text.replace(/[\s<>]/gu, (character) => asHex(character)));
}

const maxShownReactions = 20;
const maxShownNames = 10;

/** Who reacted, one indented line for each emoji: `👍 ann, bob and 3 others`. */
export function reactionLines({ reactions = [] }: MessageLine): string[] {
  return reactions.slice(0, maxShownReactions).map(({ emoji, names, count }) => {
    const shown = names.slice(0, maxShownNames).map(oneWord);
    const others = Math.min(count, maxCount) - shown.length;
    const more = others > 0 ? [`${others} ${others === 1 ? 'other' : 'others'}`] : [];
    return `\t${oneWord(emoji)} ${[shown.join(', '), ...more].filter((part) => part !== '').join(' and ')}`;
  });
}

function bodyOf(line: MessageLine): string {
  if (line.deleted) return '(deleted)';
  if (line.type === 'message')
    return `${indentedText(line.text)}${line.edited === undefined ? '' : ' (edited)'}`;
  const { number, size, content, file } = line;
  const caption = size ? imageCaption(number, size, content.length) : failedImageCaption(number, 'not a PNG');
  return `[${caption}]${file === undefined ? '' : ` ${visibleLine(file)}`}`;
}

const controlsOfLine = /[\u0000-\u001f\u007f-\u009f]/g;
const controlsOfText = /(?![\t\n])[\u0000-\u001f\u007f-\u009f]/g;

/** Further lines are indented by a tab, so that none looks like a message. */
export function indentedText(text: string): string {
  return visibleText(text).replaceAll('\n', '\n\t');
}

function visibleText(text: string): string {
  return sanitiseText(text.replaceAll('\r\n', '\n').replace(controlsOfText, asHex));
}

function visibleLine(text: string): string {
  return sanitiseText(text.replace(controlsOfLine, asHex));
}

function asHex(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

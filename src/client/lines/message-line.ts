import { contentType, type Message } from '../../shared/message.js';
import { pngSize, type PixelSize } from '../../shared/png.js';
import { decodeText } from '../../shared/text.js';
import { isSameName } from '../../shared/fold-text.js';

/** What every message has, whatever its kind. */
type Common = {
  /** Undefined where the server has none. */
  readonly sequence: number | undefined;
  /** Undefined where its sender chose none. */
  readonly id: string | undefined;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly from: string;
  /** Whether the user who reads wrote it. */
  readonly self: boolean;
  /** Whether it was there before reading began. */
  readonly replay: boolean;
};

/** A message that holds a text. */
type TextLine = Common & { readonly type: 'message'; readonly text: string };

/** A message that holds an image. */
export type ImageLine = Common & {
  readonly type: 'image';
  /** Its number for people: the sequence, or a count where the server has none. */
  readonly number: number;
  /** Undefined for what is no PNG. */
  readonly size: PixelSize | undefined;
  readonly content: Uint8Array;
  /** Where it was saved. */
  readonly file: string | undefined;
};

/** One message, ready to be written as a line. */
export type MessageLine = TextLine | ImageLine;

/** What else there is to know of a message: who reads it, and how many images came before it. */
export type Reading = { readonly user: string; readonly replay: boolean; readonly images: number };

/** What a message says. Nothing in it is safe for a terminal yet. */
export function messageLine(message: Message, { user, replay, images }: Reading): MessageLine {
  const { sequence, id, timestamp, from, type, content } = message;
  const common: Common = {
    sequence: sequence > 0 ? sequence : undefined,
    id: id === '' ? undefined : id,
    timestamp,
    from,
    self: isSameName(from, user),
    replay,
  };
  if (type !== contentType.image) return { type: 'message', ...common, text: decodeText(content) };
  const number = sequence > 0 ? sequence : images + 1;
  return { type: 'image', ...common, number, size: pngSize(content), content, file: undefined };
}

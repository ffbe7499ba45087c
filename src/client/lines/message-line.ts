import { contentType, type Message } from '../../shared/message.js';
import { pngSize, type PixelSize } from '../../shared/png.js';
import { decodeText } from '../../shared/text.js';
import { isSameName } from '../../shared/fold-text.js';

type Common = {
  readonly sequence: number | undefined;
  readonly id: string | undefined;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly from: string;
  /** The reader is the author. */
  readonly self: boolean;
  readonly replay: boolean;
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
export type Reading = { readonly user: string; readonly replay: boolean; readonly images: number };

/** The result is not sanitised. */
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

import type { Writable } from 'node:stream';
import { ChatError, errorCodes } from '../../../shared/errors.js';
import type { ColourDepth } from '../../terminal/colour/colour-depth.js';
import { maxSourceBytes } from '../decode/image-header.js';

/** A small JSON header and raw bytes, sent through a pipe. */
export type Frame = { readonly header: unknown; readonly body: Uint8Array };

/** Two 32-bit numbers: the lengths of header and body. */
const lengthBytes = 8;
const maxHeaderBytes = 64 * 1024;

export function writeFrame(pipe: Writable, { header, body }: Frame): void {
  const words = Buffer.from(JSON.stringify(header));
  const lengths = Buffer.alloc(lengthBytes);
  lengths.writeUInt32BE(words.length);
  lengths.writeUInt32BE(body.length, 4);
  pipe.write(Buffer.concat([lengths, words]));
  pipe.write(body);
}

/** Omits an incomplete last frame. Throws RangeError over `maxBytes`, SyntaxError for a bad header. */
export async function* readFrames(
  pipe: AsyncIterable<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<Frame, undefined> {
  const source = pipe[Symbol.asyncIterator]();
  let rest: Uint8Array = new Uint8Array();

  /** Undefined at the end. Each piece is copied as it arrives, so that no turn copies all. */
  async function take(length: number): Promise<Buffer | undefined> {
    const bytes = Buffer.allocUnsafeSlow(length);
    for (let filled = 0; filled < length;) {
      if (rest.length === 0) {
        const next = await source.next();
        if (next.done) return undefined;
        rest = next.value;
      }
      const piece = rest.subarray(0, length - filled);
      bytes.set(piece, filled);
      filled += piece.length;
      rest = rest.subarray(piece.length);
    }
    return bytes;
  }

  for (;;) {
    const lengths = await take(lengthBytes);
    if (!lengths) return;
    const [headerLength, bodyLength] = [lengths.readUInt32BE(), lengths.readUInt32BE(4)];
    if (headerLength > maxHeaderBytes || bodyLength > maxBytes)
      throw new RangeError('the frame is too large');
    const words = await take(headerLength);
    const body = await take(bodyLength);
    if (!words || !body) return;
    const header: unknown = JSON.parse(words.toString());
    yield { header, body };
  }
}

/** Work on one image, whose bytes are sent along unless it is a file. */
export type ImageJob =
  | { readonly kind: 'prepare'; readonly maxBytes: number }
  /** An absolute path: the bytes of the file do not enter the client's process. */
  | { readonly kind: 'prepare-file'; readonly path: string; readonly maxBytes: number }
  | { readonly kind: 'png'; readonly width: number; readonly height: number }
  /** Base64 of strips of equal height, one on each line. */
  | { readonly kind: 'smallest'; readonly width: number; readonly height: number; readonly strips: number }
  | {
      readonly kind: 'half-blocks';
      readonly columns: number;
      readonly rows: number;
      readonly depth: BlockDepth;
    }
  /** Sixel sequences of exactly this size, one for each strip. */
  | { readonly kind: 'sixel'; readonly width: number; readonly height: number; readonly stripHeight: number };

/** Without colours, half blocks would show nothing. */
export type BlockDepth = Exclude<ColourDepth, 'none'>;

/** The result of a job. */
export type ImageJobResult = {
  readonly bytes: Uint8Array;
  readonly scaled: boolean;
};

/** Twice an image, since text may be larger. */
export const maxResultBytes = 2 * maxSourceBytes;

export function describeFailure(thrown: unknown): object {
  const { code, message, hint } = ChatError.from(thrown);
  return { code, message, hint };
}

export function readAnswer({ header, body }: Frame): ImageJobResult {
  const answer = typeof header === 'object' && header ? header : {};
  const code = errorCodes.find((known) => 'code' in answer && answer.code === known);
  if (code === undefined) return { bytes: body, scaled: 'scaled' in answer && answer.scaled === true };
  const message = 'message' in answer ? String(answer.message) : '';
  const hint = 'hint' in answer ? { hint: String(answer.hint) } : {};
  throw new ChatError(code, message, hint);
}

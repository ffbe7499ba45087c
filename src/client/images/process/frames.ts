import type { Writable } from 'node:stream';

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

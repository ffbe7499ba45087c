import type { Writable } from 'node:stream';

/** What goes over a pipe between two processes: a few words, and bytes that nothing encodes. */
export type Frame = { readonly header: unknown; readonly body: Uint8Array };

/** Two numbers of four bytes: how long the header is, as JSON, and the body. */
const lengthBytes = 8;
const maxHeaderBytes = 64 * 1024;

/** Queues a frame. The body is not copied, and the pipe takes it piece by piece. */
export function writeFrame(pipe: Writable, { header, body }: Frame): void {
  const words = Buffer.from(JSON.stringify(header));
  const lengths = Buffer.alloc(lengthBytes);
  lengths.writeUInt32BE(words.length);
  lengths.writeUInt32BE(body.length, 4);
  pipe.write(Buffer.concat([lengths, words]));
  pipe.write(body);
}

/**
 * The frames that come through a pipe; one that stops in the middle is not among them.
 * @throws RangeError for a body over `maxBytes`; SyntaxError for a header that is no JSON.
 */
export async function* readFrames(
  pipe: AsyncIterable<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<Frame, undefined> {
  const source = pipe[Symbol.asyncIterator]();
  let rest: Uint8Array = new Uint8Array();

  /** The next `length` bytes; undefined at the end. Each piece is copied when it comes: no turn copies all. */
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

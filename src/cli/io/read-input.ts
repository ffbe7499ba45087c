import type { Readable } from 'node:stream';
import { withoutByteOrderMark } from '../../shared/byte-order-mark.js';
import { ChatError } from '../../shared/errors.js';
import { maxContentBytes } from '../../shared/message-rules.js';
import { decodeStrictText } from '../../shared/text.js';

/** The result of `readLine`: a line without its end, end of input, or a line that is too long. */
export type LineRead = { readonly line: Buffer } | 'end' | 'too-long';

const newline = 0x0a;

/** Reads one line without its `\n` or `\r\n`. After a line over `maxBytes` the stream cannot be used. */
export function readLine(stream: Readable, maxBytes: number): Promise<LineRead> {
  if (stream.readableEnded || stream.destroyed) return Promise.resolve('end');
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const settle = (result: LineRead) => {
      stop();
      resolve(result);
    };
    const onData = (data: Buffer | string) => {
      const chunk = asBuffer(data);
      const end = chunk.indexOf(newline);
      const part = end < 0 ? chunk : chunk.subarray(0, end);
      size += part.length;
      if (size > maxBytes) {
        settle('too-long');
        return;
      }
      chunks.push(part);
      if (end < 0) return;
      settle({ line: withoutReturn(Buffer.concat(chunks)) });
      if (end + 1 < chunk.length) stream.unshift(chunk.subarray(end + 1));
    };
    const onEnd = () => settle(size > 0 ? { line: Buffer.concat(chunks) } : 'end');
    const onError = (error: Error) => {
      stop();
      reject(error);
    };
    const stop = () => {
      stream.off('data', onData).off('end', onEnd).off('error', onError);
      stream.pause();
    };
    // A listener alone does not resume a paused stream.
    stream.on('data', onData).on('end', onEnd).on('error', onError).resume();
  });
}

/** The rest of the stream, or undefined if that is more than `maxBytes`. */
export async function readAll(stream: Readable, maxBytes: number): Promise<Buffer | undefined> {
  if (stream.readableEnded) return Buffer.alloc(0);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const data of stream as AsyncIterable<Buffer | string>) {
    const chunk = asBuffer(data);
    size += chunk.length;
    if (size > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The rest of the stream as one text, without its last line end. It may be empty. */
export async function readText(stream: Readable): Promise<Uint8Array> {
  const bytes = await readAll(stream, maxContentBytes);
  if (bytes === undefined) throw textTooLarge();
  const all = withoutByteOrderMark(bytes);
  const text = all.subarray(0, all.length - finalNewlineLength(all));
  return checkEncoding(text);
}

export function checkEncoding(text: Uint8Array): Uint8Array {
  if (decodeStrictText(text) !== undefined) return text;
  throw new ChatError('message-refused', 'the text is not UTF-8', {
    hint: 'Send an image with: chat send --image FILE',
  });
}

export function textTooLarge(): ChatError {
  return new ChatError('message-too-large', `the text has over ${maxContentBytes} bytes`);
}

function finalNewlineLength(bytes: Uint8Array): number {
  if (bytes.at(-1) !== 0x0a) return 0;
  return bytes.at(-2) === 0x0d ? 2 : 1;
}

function asBuffer(data: Buffer | string): Buffer {
  return typeof data === 'string' ? Buffer.from(data) : data;
}

function withoutReturn(line: Buffer): Buffer {
  return line.at(-1) === 0x0d ? line.subarray(0, -1) : line;
}

const mark = '\ufeff';
const markBytes = Buffer.from(mark);

/** A text file's bytes without the byte order mark that some editors put first: it is no part of the text. */
export function withoutByteOrderMark(bytes: Uint8Array): Buffer {
  const { buffer, byteOffset, byteLength } = bytes;
  const start = markBytes.every((byte, index) => bytes[index] === byte) ? markBytes.length : 0;
  return Buffer.from(buffer, byteOffset + start, byteLength - start);
}

/** A decoded text file without it. */
export function withoutMark(text: string): string {
  return text.startsWith(mark) ? text.slice(mark.length) : text;
}

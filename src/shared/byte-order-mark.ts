const mark = '\ufeff';
const markBytes = Buffer.from(mark);

export function withoutByteOrderMark(bytes: Uint8Array): Buffer {
  const { buffer, byteOffset, byteLength } = bytes;
  const start = markBytes.every((byte, index) => bytes[index] === byte) ? markBytes.length : 0;
  return Buffer.from(buffer, byteOffset + start, byteLength - start);
}

export function withoutMark(text: string): string {
  return text.startsWith(mark) ? text.slice(mark.length) : text;
}

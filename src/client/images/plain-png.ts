import { pngSize } from '../../shared/png.js';

// What a picture needs to look the same (PNG specification, 11.3), and pHYs: the density, written by most tools.
const kept = new Set(['IHDR', 'PLTE', 'IDAT', 'IEND', 'tRNS', 'gAMA', 'cHRM', 'sRGB', 'sBIT', 'pHYs']);
// Dropping these would change the picture: a colour profile, an orientation. Such a PNG is decoded instead.
const needsDecoding = new Set(['iCCP', 'cICP', 'eXIf']);
const signatureLength = 8;

/**
 * The same picture, bit for bit, without anything else: no texts, times, places, animation or unknown chunks, and
 * nothing after the end, where editors have been known to leave what was cropped. Undefined if that cannot be
 * had by leaving chunks out, if the file is malformed, or if over `maxBytes` would be left. Pixels are not decoded.
 */
export function plainPng(bytes: Uint8Array, maxBytes: number): Uint8Array | undefined {
  if (!pngSize(bytes)) return undefined;
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts = [file.subarray(0, signatureLength)];
  let length = signatureLength;
  for (let at = signatureLength; ;) {
    if (at + 12 > file.length) return undefined;
    // A chunk: length, type, data, checksum.
    const end = at + 12 + file.readUInt32BE(at);
    const type = file.toString('latin1', at + 4, at + 8);
    if (end > file.length || needsDecoding.has(type)) return undefined;
    if (kept.has(type)) {
      parts.push(file.subarray(at, end));
      length += end - at;
      // Not copied then: that would take many milliseconds.
      if (length > maxBytes) return undefined;
    }
    if (type === 'IEND') return length === end ? file.subarray(0, end) : Buffer.concat(parts, length);
    at = end;
  }
}

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const headerLength = 24;

/** In pixels. */
export type PixelSize = { width: number; height: number };

/** The size in a PNG's header; undefined if signature, first chunk or size are invalid (specification, 11.2.2). */
export function pngSize(bytes: Uint8Array): PixelSize | undefined {
  if (bytes.length < headerLength || !signature.every((byte, index) => bytes[index] === byte))
    return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(8) !== 13 || view.getUint32(12) !== 0x49484452) return undefined;
  const size = { width: view.getUint32(16), height: view.getUint32(20) };
  return isDimension(size.width) && isDimension(size.height) ? size : undefined;
}

function isDimension(value: number): boolean {
  return value >= 1 && value <= 0x7fffffff;
}

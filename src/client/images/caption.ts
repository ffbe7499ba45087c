import { formatByteSize } from '../../shared/byte-size.js';
import type { PixelSize } from '../../shared/png.js';

/** `image 12 · 640×480 · 84 kB` */
export function imageCaption(number: number, size: PixelSize, bytes: number): string {
  return `image ${number} · ${size.width}×${size.height} · ${formatByteSize(bytes)}`;
}

/** `image 12 · damaged`, for one that cannot be shown: `reason` is an error's message. */
export function failedImageCaption(number: number, reason: string): string {
  // "image" has been said.
  return `image ${number} · ${reason.replace(/^the image is /, '')}`;
}

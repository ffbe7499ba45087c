import { formatByteSize } from '../../shared/byte-size.js';
import type { PixelSize } from '../../shared/png.js';

/** `image 12 · 640×480 · 84 kB` */
export function imageCaption(number: number, size: PixelSize, bytes: number): string {
  return `image ${number} · ${size.width}×${size.height} · ${formatByteSize(bytes)}`;
}

export function failedImageCaption(number: number, reason: string): string {
  // The caption already begins with "image".
  return `image ${number} · ${reason.replace(/^the image is /, '')}`;
}

import { expect, test } from '@jest/globals';
import { failedImageCaption, imageCaption } from './caption.js';

test('the caption contains number, pixels and bytes', () => {
  expect(imageCaption(12, { width: 640, height: 480 }, 84_211)).toBe('image 12 · 640×480 · 84 kB');
});

test('the caption of a damaged image gives the reason without repeating "image"', () => {
  expect(failedImageCaption(12, 'the image is damaged')).toBe('image 12 · damaged');
  expect(failedImageCaption(3, 'BMP images cannot be sent')).toBe('image 3 · BMP images cannot be sent');
});

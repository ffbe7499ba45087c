import { expect, test } from '@jest/globals';
import { failedImageCaption, imageCaption } from './caption.js';

test('a caption names number, pixels and bytes', () => {
  expect(imageCaption(12, { width: 640, height: 480 }, 84_211)).toBe('image 12 · 640×480 · 84 kB');
});

test('the caption of a damaged picture says why, without saying "image" twice', () => {
  expect(failedImageCaption(12, 'the image is damaged')).toBe('image 12 · damaged');
  expect(failedImageCaption(3, 'BMP images cannot be sent')).toBe('image 3 · BMP images cannot be sent');
});

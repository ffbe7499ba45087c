import { expect, test } from '@jest/globals';
import type { ClipboardContent } from '../../src/client/clipboard/clipboard.js';
import { contentWithBytes } from '../support/canned-commands.js';
import { largeImage, sampleImage } from './sample-images.js';

/** A desktop whose clipboard is tested. */
export type TestedClipboard = {
  /** Offers the content under one type. */
  readonly copy: (type: string, content: string | Buffer) => Promise<void>;
  readonly read: () => Promise<ClipboardContent>;
  /** The content type of texts. */
  readonly textType: string;
};

/** The tests for every desktop. They must begin with an empty clipboard. */
export function testClipboard({ copy, read, textType }: TestedClipboard): void {
  test('a clipboard without content is empty', async () => {
    expect(await read()).toEqual({ type: 'nothing', reason: { kind: 'empty' } });
  });

  test.each(['png', 'jpeg'] as const)('a copied %s is read byte by byte', async (kind) => {
    const bytes = await sampleImage(kind);
    await copy(`image/${kind}`, bytes);
    expect(await contentWithBytes(await read())).toEqual({ type: 'image', bytes });
  });

  test('a large image, which is transferred in pieces, is read completely', async () => {
    const bytes = await largeImage();
    await copy('image/png', bytes);
    const content = await contentWithBytes(await read());
    if (content.type !== 'image') throw new Error(`got ${content.type}`);
    expect(content.bytes.equals(bytes)).toBe(true);
  });

  test('a copied file is read as its path', async () => {
    await copy('text/uri-list', 'file:///home/a/my%20cat.png\r\n');
    expect(await read()).toEqual({ type: 'files', paths: ['/home/a/my cat.png'] });
  });

  test('text is read with its last line end', async () => {
    await copy(textType, 'für alle\n日本\n');
    expect(await read()).toEqual({ type: 'text', text: 'für alle\n日本\n' });
  });

  test('content of another type is not read', async () => {
    await copy('audio/mpeg', 'la la');
    expect(await read()).toEqual({ type: 'nothing', reason: { kind: 'no-image-or-text' } });
  });
}

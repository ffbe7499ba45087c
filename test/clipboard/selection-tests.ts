import { expect, test } from '@jest/globals';
import type { ClipboardContent } from '../../src/client/clipboard/clipboard.js';
import { contentWithBytes } from '../support/canned-commands.js';
import { largePicture, picture } from './sample-pictures.js';

/** A desktop whose clipboard is tested. */
export type TestedClipboard = {
  /** Copies as a program does that offers one type. */
  readonly copy: (type: string, content: string | Buffer) => Promise<void>;
  readonly read: () => Promise<ClipboardContent>;
  /** The type that texts are offered under. */
  readonly textType: string;
};

/** The tests that hold for the clipboard of every desktop; nothing has been copied yet when they begin. */
export function testClipboard({ copy, read, textType }: TestedClipboard): void {
  test('nothing copied yet is told as empty', async () => {
    expect(await read()).toEqual({ type: 'nothing', reason: { kind: 'empty' } });
  });

  test.each(['png', 'jpeg'] as const)('a copied %s comes bit for bit', async (kind) => {
    const bytes = await picture(kind);
    await copy(`image/${kind}`, bytes);
    expect(await contentWithBytes(await read())).toEqual({ type: 'image', bytes });
  });

  test('a large picture, which is handed over in pieces, comes whole', async () => {
    const bytes = await largePicture();
    await copy('image/png', bytes);
    const content = await contentWithBytes(await read());
    if (content.type !== 'image') throw new Error(`got ${content.type}`);
    expect(content.bytes.equals(bytes)).toBe(true);
  });

  test('a copied file comes as its path', async () => {
    await copy('text/uri-list', 'file:///home/a/my%20cat.png\r\n');
    expect(await read()).toEqual({ type: 'files', paths: ['/home/a/my cat.png'] });
  });

  test('text comes as text, its last line end too', async () => {
    await copy(textType, 'für alle\n日本\n');
    expect(await read()).toEqual({ type: 'text', text: 'für alle\n日本\n' });
  });

  test('something else is told as such', async () => {
    await copy('audio/mpeg', 'la la');
    expect(await read()).toEqual({ type: 'nothing', reason: { kind: 'no-image-or-text' } });
  });
}

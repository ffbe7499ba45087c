import { describe, expect, test } from '@jest/globals';
import { cannedCommands, contentWithBytes } from '../../../test/support/canned-commands.js';
import { maxSourceBytes } from '../images/decode/image-header.js';
import type { ProgramResult, ProgramRunner } from '../system/program.js';
import { readSelection, type SelectionTool } from './read-selection.js';

type Result = ProgramResult<Buffer>;

const signal = new AbortController().signal;
const gif = 'GIF89a...';

const tool: SelectionTool = {
  installPackage: 'tool-package',
  listTypes: ['tool', 'list'],
  readType: (type) => ['tool', type],
  emptyStderr: /nothing here/,
};

/** A clipboard with contents by type, in the order of its owner. */
function offering(contents: Record<string, string | Result>): ProgramRunner {
  return cannedCommands(([, type = '']) => {
    const content = type === 'list' ? `${Object.keys(contents).join('\n')}\n` : contents[type];
    if (content === undefined) throw new Error(`${type} was never offered`);
    return typeof content === 'string' ? { status: 'done', output: Buffer.from(content) } : content;
  });
}

async function read(contents: Record<string, string | Result>) {
  return contentWithBytes(await readSelection(tool, offering(contents), signal));
}

test('an image is preferred to text, and PNG to other formats, in any offered order', async () => {
  const png = '\x89PNG\r\n\x1a\n';
  const pngBytes = Buffer.from(png, 'latin1');
  const content = await read({
    TIMESTAMP: '1',
    'text/html': '<img>',
    'image/bmp': 'BM',
    'image/jpeg': gif,
    'image/png': { status: 'done', output: pngBytes },
    'text/plain': 'alt text',
  });
  expect(content).toEqual({ type: 'image', bytes: pngBytes });
});

test('an image type with other content is skipped', async () => {
  expect(await read({ 'image/png': 'oops', 'image/gif': gif })).toMatchObject({ type: 'image' });
  expect(await read({ 'image/png': '<svg/>', 'text/plain': 'words' })).toEqual({
    type: 'text',
    text: 'words',
  });
});

test('copied files are read as paths and preferred to text', async () => {
  const files = { 'text/plain': '/a b.png', 'text/uri-list': 'file:///a%20b.png\r\n' };
  expect(await read(files)).toEqual({ type: 'files', paths: ['/a b.png'] });
  expect(await read({ 'x-special/gnome-copied-files': 'cut\nfile:///a.png' })).toEqual({
    type: 'files',
    paths: ['/a.png'],
  });
});

test('a copied web address is text', async () => {
  const link = { 'text/uri-list': 'https://example.org/\r\n', UTF8_STRING: 'https://example.org/' };
  expect(await read(link)).toEqual({ type: 'text', text: 'https://example.org/' });
});

test('text is read as UTF-8 if that is offered', async () => {
  expect(await read({ STRING: 'f?r', 'text/plain': 'f?r', UTF8_STRING: 'für' })).toEqual({
    type: 'text',
    text: 'für',
  });
});

describe('the reason for no content', () => {
  const reason = async (contents: Record<string, string | Result>) => {
    const content = await read(contents);
    return content.type === 'nothing' ? content.reason : content;
  };
  const listing = async (result: Result) => {
    const content = await readSelection(
      tool,
      cannedCommands(() => result),
      signal,
    );
    return content.type === 'nothing' ? content.reason : content;
  };

  test('is that the clipboard is empty', async () => {
    expect(await listing({ status: 'failed', stderr: 'Error: nothing here\n' })).toEqual({ kind: 'empty' });
    expect(await reason({ UTF8_STRING: '' })).toEqual({ kind: 'empty' });
  });

  test('is that the clipboard contains something else', async () => {
    expect(await reason({ 'audio/mpeg': 'la la' })).toEqual({ kind: 'no-image-or-text' });
    expect(await reason({ 'image/bmp': 'BM' })).toEqual({ kind: 'no-image-or-text' });
  });

  test('is that the tool is missing', async () => {
    expect(await listing({ status: 'missing' })).toEqual({ kind: 'no-tool', install: 'tool-package' });
  });

  test('is a timeout', async () => {
    expect(await listing({ status: 'stopped' })).toEqual({ kind: 'timed-out' });
    expect(await reason({ 'image/png': { status: 'stopped' }, STRING: 'x' })).toEqual({ kind: 'timed-out' });
  });

  test('is that the content is too large', async () => {
    expect(await reason({ 'image/png': { status: 'too-large' } })).toEqual({
      kind: 'too-large',
      maxBytes: maxSourceBytes,
    });
  });

  test('is the shortened explanation of the tool', async () => {
    const stderr = `\nError: Can't open display ${'x'.repeat(500)}\nmore`;
    expect(await listing({ status: 'failed', stderr })).toEqual({
      kind: 'failed',
      detail: `Error: Can't open display ${'x'.repeat(500)}`.slice(0, 200),
    });
  });

  test('is not an unreadable type if the next one can be read', async () => {
    const contents: Record<string, string | Result> = {
      'image/png': { status: 'failed', stderr: 'gone' },
      STRING: 'words',
    };
    expect(await read(contents)).toEqual({ type: 'text', text: 'words' });
  });
});

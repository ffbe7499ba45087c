import { execFile } from 'node:child_process';
import { access, chmod, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { cleanEnvironment, temporaryFolder } from '../chat-process.js';

const here = join(import.meta.dirname, 'macos');
const run = promisify(execFile);
const folder = temporaryFolder();
const create = { width: 7, height: 5, channels: 3, background: 'teal' } as const;

beforeAll(async () => {
  await chmod(join(here, 'osascript.mjs'), 0o755);
  await symlink(join(here, 'osascript.mjs'), join(folder, 'osascript'));
  await writeFile(join(folder, 'pbpaste'), '#!/bin/sh\nprintf %s "$PASTEBOARD_TEXT"\n', { mode: 0o755 });
});

/** `pasteboard`: image files, one per line. */
async function read(pasteboard: string, text = '', timeoutMs = 20_000): Promise<Record<string, unknown>> {
  const loaders = ['--import', 'tsx', '--import', join(here, 'pretend-macos.mjs')];
  const { PATH = '' } = process.env;
  const env = cleanEnvironment({
    PATH: `${folder}:${PATH}`,
    TMPDIR: folder,
    PASTEBOARD: pasteboard,
    PASTEBOARD_TEXT: text,
  });
  const { stdout } = await run(
    process.execPath,
    [...loaders, join(here, 'read-clipboard.ts'), String(timeoutMs)],
    {
      env,
    },
  );
  return JSON.parse(stdout) as Record<string, unknown>;
}

async function imageFile(name: string): Promise<string> {
  const file = join(folder, name);
  await sharp({ create }).toFile(file);
  return file;
}

describe('the pasteboard of macOS, read through clipboardy and an osascript command', () => {
  test.each(['a.png', 'a.tiff', 'a copied photo.jpg'])('%s is read as a PNG', async (name) => {
    const content = await read(await imageFile(name));
    expect(content.type).toBe('image');
    const bytes = Buffer.from(String(content.bytes), 'base64');
    expect(await sharp(bytes).metadata()).toMatchObject({ format: 'png', width: 7, height: 5 });
  });

  test('several copied files are read as files', async () => {
    const content = await read(`${await imageFile('b.png')}\n${await imageFile('c.gif')}`);
    expect(content).toMatchObject({
      type: 'files',
      paths: [expect.stringMatching(/b\.png$/), expect.stringMatching(/c\.png$/)],
    });
    for (const path of content.paths as string[]) await access(dirname(path));
  });

  test('without an image text is read, and a text that names an image as that file', async () => {
    expect(await read('', 'für 日本\n')).toEqual({ type: 'text', text: 'für 日本\n' });
    const file = await imageFile('named.png');
    expect(await read('', file)).toEqual({ type: 'files', paths: [file] });
  });

  test('an empty pasteboard, a failure and a timeout are different reasons', async () => {
    expect(await read('')).toEqual({ type: 'nothing', reason: { kind: 'no-image-or-text' } });
    expect(await read('refused')).toMatchObject({ type: 'nothing', reason: { kind: 'failed' } });
    expect(await read('silent', '', 2000)).toEqual({ type: 'nothing', reason: { kind: 'timed-out' } });
  });
});

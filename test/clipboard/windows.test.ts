import { chmod, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { ClipboardContent } from '../../src/client/clipboard/clipboard.js';
import { programRunner } from '../../src/client/system/program.js';
import { systemClipboard } from '../../src/client/clipboard/system-clipboard.js';
import { temporaryFolder } from '../chat-process.js';
import { contentWithBytes, newTemporaryFile } from '../support/canned-commands.js';
import { sampleImage } from './sample-images.js';

const folder = temporaryFolder();
const base64 = (text: string) => Buffer.from(text).toString('base64');

beforeAll(async () => {
  const program = join(import.meta.dirname, 'powershell.mjs');
  await chmod(program, 0o755);
  // On this system a backslash is an ordinary character.
  await symlink(program, join(folder, 'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe'));
});

/** `lines`: the output of PowerShell. */
function read(lines: readonly string[], timeoutMs?: number): Promise<ClipboardContent> {
  const { PATH = '' } = process.env;
  const env = { PATH: `${folder}:${PATH}`, SystemRoot: 'C:\\Windows', ANSWER: lines.join('\n') };
  const commands = programRunner(env, newTemporaryFile);
  const options = {
    platform: 'win32',
    env,
    commands,
    ...(timeoutMs !== undefined && { sourceTimeoutMs: timeoutMs }),
  } as const;
  return systemClipboard(options).read(new AbortController().signal);
}

describe('the Windows clipboard, read by a powershell.exe', () => {
  test('an image is read as its bytes', async () => {
    const png = await sampleImage('png');
    expect(await contentWithBytes(await read(['image', png.toString('base64'), '']))).toEqual({
      type: 'image',
      bytes: png,
    });
  });

  test('text and copied files keep their characters', async () => {
    expect(await read(['text', base64('für\r\n日本'), ''])).toEqual({ type: 'text', text: 'für\r\n日本' });
    expect(await read(['files', base64('C:\\Users\\é\\a b.png'), ''])).toEqual({
      type: 'files',
      paths: ['C:\\Users\\é\\a b.png'],
    });
  });

  test('a text that names an image is read as that file', async () => {
    const file = join(folder, 'my image.png');
    await writeFile(file, await sampleImage('png'));
    expect(await read(['text', base64(`"${file}"`), ''])).toEqual({ type: 'files', paths: [file] });
  });

  test('an empty clipboard, other content, a failure and a timeout are different reasons', async () => {
    const kind = async (answer: string, timeoutMs?: number) => {
      const content = await read([answer], timeoutMs);
      return content.type === 'nothing' ? content.reason.kind : content.type;
    };
    expect(await kind('empty')).toBe('empty');
    expect(await kind('other')).toBe('no-image-or-text');
    expect(await kind('refused')).toBe('failed');
    expect(await kind('silent', 1500)).toBe('timed-out');
  });
});

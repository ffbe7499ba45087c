import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { editExternally, editorOf } from './external-editor.js';

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chat-editor-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** An editor that runs a shell command on the file `$1`. */
async function editor(name: string, script: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o700);
  return path;
}

const environment = (command: string) => ({ PATH: process.env.PATH, EDITOR: command });

test('editExternally passes the draft in a private file, removes it, and returns the saved text', async () => {
  const log = join(folder, 'log');
  const command = await editor(
    'append',
    `stat -c %a "$1" > ${log}; echo "$1" >> ${log}; echo " two" >> "$1"`,
  );
  expect(await editExternally('one', environment(command))).toBe('one two');
  const [mode, path = ''] = (await readFile(log, 'utf8')).split('\n');
  expect(mode).toBe('600');
  await expect(readFile(path)).rejects.toThrow('ENOENT');
});

test('the editor does not see the password', async () => {
  const command = await editor('curious', 'echo "password: $CHAT_PASSWORD" > "$1"');
  const env = { ...environment(command), CHAT_PASSWORD: 'secret' };
  expect(await editExternally('', env)).toBe('password: ');
});

test('an editor can have arguments', async () => {
  const command = await editor('with-arguments', '[ "$1" = --wait ] && echo waited > "$2"');
  expect(await editExternally('', environment(`${command} --wait`))).toBe('waited');
});

test('an editor that fails is reported', async () => {
  const command = await editor('failing', 'exit 3');
  await expect(editExternally('one', environment(command))).rejects.toThrow(
    'The editor ended with code 3. The draft is as it was.',
  );
});

test('a missing editor, and no editor, are reported', async () => {
  await expect(editExternally('', environment('no-such-editor-here'))).rejects.toThrow(
    'The editor no-such-editor-here was not found. The draft is as it was.',
  );
  await expect(editExternally('', { PATH: folder })).rejects.toThrow(
    'No editor was found: export EDITOR=nano',
  );
});

test('without a setting the first usual editor in PATH is used', async () => {
  const path = join(folder, 'usual');
  await mkdir(path);
  const env = { PATH: `relative:${path}:${process.env.PATH}` };
  await editor('usual/vi', 'echo "by vi" > "$1"');
  // An `editor` of this machine would come first.
  const machine = await editExternally('', { PATH: `${path}:/usr/bin/nowhere` }).catch(String);
  expect(machine).toBe('by vi');
  await editor('usual/sensible-editor', 'echo "by the sensible one" > "$1"');
  expect(await editExternally('', env)).toBe('by the sensible one');
});

test('VISUAL has precedence over EDITOR, and blank values are ignored', () => {
  expect(editorOf({ VISUAL: 'vi', EDITOR: 'ed' })).toBe('vi');
  expect(editorOf({ VISUAL: ' ', EDITOR: 'ed' })).toBe('ed');
  expect(editorOf({})).toBeUndefined();
});

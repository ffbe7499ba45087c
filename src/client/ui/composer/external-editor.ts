import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, constants, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';
import { withoutMark } from '../../../shared/byte-order-mark.js';
import { ChatError } from '../../../shared/errors.js';
import { makePrivateFolder } from '../../system/private-file.js';
import { programEnvironment } from '../../system/environment.js';
import { maxDraftLength } from './editor.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** Edits a draft with `$VISUAL`, `$EDITOR` or a usual editor in a private file. The terminal must be released before. */
export async function editExternally(draft: string, environment: Environment): Promise<string> {
  const editor = editorOf(environment) ?? (await usualEditor(environment));
  if (editor === undefined) {
    throw new ChatError(
      'usage',
      'No editor was found: export EDITOR=nano (for example) before you start chat.',
    );
  }
  const folder = await makePrivateFolder(tmpdir(), 'chat-draft-');
  try {
    const path = join(folder, 'message.txt');
    const file = await open(path, 'wx', 0o600);
    await file.writeFile(draft).finally(() => file.close());
    await run(editor, path, environment);
    return await saved(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The command of the editor, if one is set. */
export function editorOf({ VISUAL, EDITOR }: Environment): string | undefined {
  return [VISUAL, EDITOR].find((command) => command !== undefined && command.trim() !== '');
}

/** The first of the usual editors that is installed. */
async function usualEditor({ PATH = '' }: Environment): Promise<string | undefined> {
  const isWindows = process.platform === 'win32';
  const names = isWindows ? ['notepad.exe'] : ['sensible-editor', 'editor', 'nano', 'vi'];
  const folders = PATH.split(delimiter).filter(isAbsolute);
  for (const name of names) {
    for (const folder of folders) {
      const isThere = await access(join(folder, name), constants.X_OK).then(
        () => true,
        () => false,
      );
      if (isThere) return name;
    }
  }
  return undefined;
}

/** Uses a shell, since the command may have arguments (`code --wait`). The path is not part of the command. */
async function run(editor: string, path: string, environment: Environment): Promise<void> {
  const options = { stdio: 'inherit', env: programEnvironment(environment) } as const;
  const child =
    process.platform === 'win32'
      ? spawn(`${editor} "${path}"`, { ...options, shell: true })
      : spawn('/bin/sh', ['-c', `${editor} "$1"`, 'sh', path], options);
  const ended = once(child, 'exit').catch((thrown: unknown) => {
    throw new ChatError('usage', `The editor ${editor} could not be started.`, { cause: thrown });
  });
  const [code, signal] = (await ended) as [number | null, NodeJS.Signals | null];
  if (code === 127)
    throw new ChatError('usage', `The editor ${editor} was not found. The draft is as it was.`);
  if (code !== 0) {
    throw new ChatError(
      'usage',
      `The editor ended with ${signal ?? `code ${code}`}. The draft is as it was.`,
    );
  }
}

/** Removes the line break that editors add at the end of a file. */
async function saved(path: string): Promise<string> {
  const text = (await readFile(path, 'utf8')).replace(/\r?\n$/, '');
  if (text.length > maxDraftLength) {
    throw new ChatError('usage', `The text is too long: at most ${maxDraftLength} characters make a draft.`);
  }
  return withoutMark(text);
}

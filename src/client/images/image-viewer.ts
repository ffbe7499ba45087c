import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import process from 'node:process';
import { raceTimeout } from '../../shared/async/with-timeout.js';
import { ChatError } from '../../shared/errors.js';
import { type Argv, type Environment, programRunner } from '../system/program.js';
import { makePrivateFolder } from '../system/private-file.js';
import { maxSourceBytes } from './decode/image-header.js';
import { type ImageProcess, prepareImageInProcess } from './process/image-process.js';
import { saveAs } from './save-image.js';

/** A program and its arguments before the file's path. */
export type Opener = Argv;

/** Shows images in another program. */
export type ImageViewer = {
  /** Passes a re-encoded PNG in a private file. Throws `message-refused`, or `unsupported` if the opener fails. */
  open(bytes: Uint8Array, number: number): Promise<void>;
};

// Openers pass the file on and exit; one that still runs after this shows the file itself.
const failureWindowMs = 3000;

/** The files stay until this program ends, since viewers may load them late. */
export function imageViewer(
  opener: Opener,
  imageProcess: ImageProcess,
  temporary = tmpdir(),
  env: Environment = process.env,
): ImageViewer {
  let folder: Promise<string> | undefined;
  let opened = 0;
  return {
    async open(bytes, number) {
      const { png } = await prepareImageInProcess(imageProcess, bytes, maxSourceBytes);
      folder ??= privateFolder(temporary).catch((error: unknown) => {
        folder = undefined;
        throw error;
      });
      opened += 1;
      const file = join(await folder, `image-${number}${opened === 1 ? '' : `-${opened}`}.png`);
      await saveAs(file, png);
      await start([...opener, file], env);
    },
  };
}

export function systemOpener(
  platform: NodeJS.Platform = process.platform,
  env: Environment = process.env,
): Opener {
  if (platform === 'darwin') return ['open'];
  if (platform === 'win32') return ['explorer.exe'];
  return env.WSL_DISTRO_NAME === undefined ? ['xdg-open'] : ['wslview'];
}

async function privateFolder(parent: string): Promise<string> {
  const folder = await makePrivateFolder(parent, 'chat-images-');
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function start(command: Argv, env: Environment): Promise<void> {
  const name = basename(command[0]);
  const never = new AbortController().signal;
  // Detached: it must not use this terminal and may outlive this program.
  const result = await raceTimeout(failureWindowMs, programRunner(env).feed(command, '', never));
  if (!result || result.status === 'done') return;
  // Windows' explorer always exits with 1.
  if (result.status === 'failed' && name === 'explorer.exe') return;
  const problem = result.status === 'failed' ? `could not show it: ${result.stderr}` : 'cannot be started';
  throw new ChatError('unsupported', `${name} ${problem}`, { hint: 'Use /save N, or set CHAT_OPENER.' });
}

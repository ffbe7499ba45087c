import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import process from 'node:process';
import { ChatError } from '../../shared/errors.js';
import { programEnvironment } from '../system/program-environment.js';
import { makePrivateFolder } from '../system/temporary-file.js';
import { maxSourceBytes } from './decode/image-header.js';
import { prepareImageInProcess } from './process/prepare-in-process.js';
import { saveAs } from './save-image.js';

/** A program that shows a file, and its arguments before the file's path. */
export type Opener = readonly [program: string, ...args: string[]];

type Environment = Readonly<Record<string, string | undefined>>;

/** Shows images in another program. */
export type ImageViewer = {
  /**
   * Hands an image to the opener, as a PNG that this program has checked, in a file for this user alone.
   * @throws ChatError `message-refused`: the image is damaged; `unsupported`: there is no opener, or it failed.
   */
  open(bytes: Uint8Array, number: number): Promise<void>;
};

// Openers hand the file on and end. One that is still there shows it itself.
const failureWindowMs = 3000;

/**
 * Opens images with `opener`. The files stay until this program ends: viewers load them when they like.
 */
export function imageViewer(
  opener: Opener,
  temporary = tmpdir(),
  env: Environment = process.env,
): ImageViewer {
  let folder: Promise<string> | undefined;
  let opened = 0;
  return {
    async open(bytes, number) {
      const { png } = await prepareImageInProcess(bytes, maxSourceBytes);
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

/** The opener of the user's desktop. No shell is asked. */
export function systemOpener(
  platform: NodeJS.Platform = process.platform,
  env: Environment = process.env,
): Opener {
  if (platform === 'darwin') return ['open'];
  if (platform === 'win32') return ['explorer.exe'];
  return env.WSL_DISTRO_NAME === undefined ? ['xdg-open'] : ['wslview'];
}

/** A folder that is gone when the program ends. */
async function privateFolder(parent: string): Promise<string> {
  const folder = await makePrivateFolder(parent, 'chat-images-');
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function start([program = '', ...args]: readonly string[], env: Environment): Promise<void> {
  return new Promise((resolve, reject) => {
    // Of its own: the terminal is ours, and it may outlive us.
    const child = spawn(program, args, {
      stdio: 'ignore',
      detached: true,
      env: programEnvironment(env),
    });
    child.unref();
    const timer = setTimeout(resolve, failureWindowMs);
    timer.unref();
    child.once('error', (cause) => {
      clearTimeout(timer);
      reject(failure(`${basename(program)} cannot be started`, cause));
    });
    child.once('exit', (code) => {
      clearTimeout(timer);
      // Windows' explorer ends with 1 whatever became of it.
      if (code === 0 || program === 'explorer.exe') resolve();
      else reject(failure(`${basename(program)} could not show it`));
    });
  });
}

function failure(message: string, cause?: unknown): ChatError {
  return new ChatError('unsupported', message, { hint: 'Use /save N, or set CHAT_OPENER.', cause });
}

import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import process from 'node:process';
import { ChatError } from '../../shared/errors.js';
import { programEnvironment } from '../system/program-environment.js';
import { makePrivateFolder } from '../system/temporary-file.js';
import { maxSourceBytes } from './decode/image-header.js';
import type { ImageProcess } from './process/image-process.js';
import { prepareImageInProcess } from './process/prepare-in-process.js';
import { saveAs } from './save-image.js';

/** A program and its arguments before the file's path. */
export type Opener = readonly [program: string, ...args: string[]];

type Environment = Readonly<Record<string, string | undefined>>;

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

function start([program = '', ...args]: readonly string[], env: Environment): Promise<void> {
  return new Promise((resolve, reject) => {
    // Detached: it must not use this terminal and may outlive this program.
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
      // Windows' explorer always exits with 1.
      if (code === 0 || program === 'explorer.exe') resolve();
      else reject(failure(`${basename(program)} could not show it`));
    });
  });
}

function failure(message: string, cause?: unknown): ChatError {
  return new ChatError('unsupported', message, { hint: 'Use /save N, or set CHAT_OPENER.', cause });
}

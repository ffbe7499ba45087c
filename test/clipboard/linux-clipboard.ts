import type { Clipboard } from '../../src/client/clipboard/clipboard.js';
import { programRunner } from '../../src/client/system/program.js';
import { systemClipboard } from '../../src/client/clipboard/system-clipboard.js';
import { newTemporaryFile } from '../support/canned-commands.js';

/** `env` selects the desktop. */
export function linuxClipboard(env: Readonly<Record<string, string | undefined>>): Clipboard {
  return systemClipboard({ platform: 'linux', env, commands: programRunner(env, newTemporaryFile) });
}

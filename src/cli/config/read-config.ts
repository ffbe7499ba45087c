import { open } from 'node:fs/promises';
import { withoutMark } from '../../shared/byte-order-mark.js';
import { errorCode } from '../../shared/error-code.js';
import { ChatError } from '../../shared/errors.js';
import { exposureOf } from '../../shared/file-exposure.js';
import { fileFailure } from '../../shared/file-failure.js';
import { configFile } from './standard-paths.js';
import { emptyConfig, type Config } from './config.js';

/** A configuration file is short. */
const maxBytes = 256 * 1024;

/** This user's configuration; empty where there is no file. Throws `usage` where it cannot be read or meant. */
export async function readConfig(file = configFile()): Promise<Config> {
  const text = file === undefined ? undefined : await readText(file);
  if (file === undefined || text === undefined) return emptyConfig;
  // Loaded only where there is something to parse.
  const { parseConfig } = await import('./parse-config.js');
  return parseConfig(text, file);
}

async function readText(file: string): Promise<string | undefined> {
  try {
    const handle = await open(file);
    try {
      // It names programs to run: whoever can change it can run them as this user.
      const exposure = exposureOf(file, await handle.stat(), { allowsOwnGroup: true });
      if (exposure) throw new ChatError('usage', exposure.message, { hint: exposure.hint });
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(maxBytes + 1), 0, maxBytes + 1, 0);
      if (bytesRead > maxBytes) throw new ChatError('usage', `${file} has over ${maxBytes} bytes`);
      return withoutMark(buffer.toString('utf8', 0, bytesRead));
    } finally {
      await handle.close();
    }
  } catch (cause) {
    if (cause instanceof ChatError) throw cause;
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(cause))) return undefined;
    throw new ChatError('usage', `cannot read ${file}: ${fileFailure(cause)}`, { cause });
  }
}

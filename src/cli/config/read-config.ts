import { open } from 'node:fs/promises';
import { withoutMark } from '../../shared/byte-order-mark.js';
import { errorCode } from '../../shared/error-code.js';
import { ChatError } from '../../shared/errors.js';
import { exposureOf } from '../../shared/file-exposure.js';
import { fileFailure } from '../../shared/file-failure.js';
import { configFile } from './standard-paths.js';
import { emptyConfig, type Config } from './config.js';

const maxBytes = 256 * 1024;

/** This user's configuration; empty if there is no file. Throws `usage` if it is unreadable or invalid. */
export async function readConfig(file = configFile()): Promise<Config> {
  const text = file === undefined ? undefined : await readText(file);
  if (file === undefined || text === undefined) return emptyConfig;
  // Loaded only if there is something to parse.
  const { parseConfig } = await import('./parse-config.js');
  return parseConfig(text, file);
}

async function readText(file: string): Promise<string | undefined> {
  try {
    const handle = await open(file);
    try {
      // It names programs, so another user who can change it could run programs as this one.
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

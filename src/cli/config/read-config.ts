import { readOwnFile } from '../../client/system/private-file.js';
import { configFile } from './standard-paths.js';
import { emptyConfig, type Config } from './config.js';

const maxBytes = 256 * 1024;

/**
 * This user's configuration; empty if there is no file. Throws `usage` if it is unreadable or invalid. It names programs,
 * so another user who can change it could run programs as this one.
 */
export async function readConfig(file = configFile()): Promise<Config> {
  const text = file === undefined ? undefined : await readOwnFile(file, maxBytes);
  if (file === undefined || text === undefined) return emptyConfig;
  // Loaded only if there is something to parse.
  const { parseConfig } = await import('./parse-config.js');
  return parseConfig(text, file);
}

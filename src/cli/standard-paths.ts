import { join } from 'node:path';
import envPaths from 'env-paths';

// Without a suffix: `chat`, not `chat-nodejs`.
const places = () => envPaths('chat', { suffix: '' });

/** Where a server keeps its data unless told otherwise: this platform's place for a user's data. */
export function defaultDataDirectory(): string {
  return places().data;
}

/** The list of servers whose certificates this user has confirmed. */
export function trustFile(): string {
  return join(places().config, 'trusted-servers.json');
}

/** This user's settings. */
export function configFile(): string {
  return join(places().config, 'config.toml');
}

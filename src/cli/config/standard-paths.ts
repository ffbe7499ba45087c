import { isAbsolute, join } from 'node:path';
import { homeDirectory } from '../../client/system/environment.js';
import { ChatError } from '../../shared/errors.js';

/** A standard directory: its variable on Linux and Windows, and its path in the home directory without them. */
type StandardDirectory = {
  readonly linux: readonly [variable: string, ...fallback: string[]];
  readonly windows: readonly [variable: string, folder: string, ...fallback: string[]];
  readonly macos: readonly string[];
};

const data: StandardDirectory = {
  linux: ['XDG_DATA_HOME', '.local', 'share'],
  windows: ['LOCALAPPDATA', 'Data', 'AppData', 'Local'],
  macos: ['Library', 'Application Support'],
};
const config: StandardDirectory = {
  linux: ['XDG_CONFIG_HOME', '.config'],
  windows: ['APPDATA', 'Config', 'AppData', 'Roaming'],
  macos: ['Library', 'Preferences'],
};
const state: StandardDirectory = {
  linux: ['XDG_STATE_HOME', '.local', 'state'],
  windows: ['LOCALAPPDATA', 'State', 'AppData', 'Local'],
  macos: ['Library', 'Preferences'],
};

const cache: StandardDirectory = {
  linux: ['XDG_CACHE_HOME', '.cache'],
  windows: ['LOCALAPPDATA', 'Cache', 'AppData', 'Local'],
  macos: ['Library', 'Caches'],
};

/** The default data directory of a server on this platform. */
export function defaultDataDirectory(): string {
  const folder = find(data);
  if (folder !== undefined) return folder;
  throw new ChatError('usage', 'there is no home directory for the data', {
    hint: 'Set HOME, or give --data DIRECTORY.',
  });
}

/** The servers whose certificates this user has confirmed; undefined without a home directory. */
export function trustFile(): string | undefined {
  return inConfig('trusted-servers.json');
}

/** This user's settings; undefined without a home directory. */
export function configFile(): string | undefined {
  return inConfig('config.toml');
}

/** What the full-screen client remembers; undefined without a home directory. */
export function stateDirectory(): string | undefined {
  const folder = find(state);
  // Not in Application Support: a server rejects a data directory that contains other files.
  return folder !== undefined && process.platform === 'darwin' ? join(folder, 'State') : folder;
}

/** What can be fetched again; undefined without a home directory. */
export function cacheDirectory(): string | undefined {
  return find(cache);
}

function inConfig(name: string): string | undefined {
  const folder = find(config);
  return folder === undefined ? undefined : join(folder, name);
}

function variableOf({ linux, windows }: StandardDirectory): string | undefined {
  if (process.platform === 'darwin') return undefined;
  return process.platform === 'win32' ? windows[0] : linux[0];
}

function find(directory: StandardDirectory): string | undefined {
  const { linux, windows, macos } = directory;
  const variable = variableOf(directory);
  const given = variable === undefined ? undefined : process.env[variable];
  const [, ...linuxFallback] = linux;
  const [, folder, ...windowsFallback] = windows;
  const isWindows = process.platform === 'win32';
  const fallback = isWindows ? windowsFallback : process.platform === 'darwin' ? macos : linuxFallback;
  const end = isWindows ? ['chat', folder] : ['chat'];
  // The XDG specification ignores relative paths.
  if (given !== undefined && isAbsolute(given)) return join(given, ...end);
  const home = homeDirectory();
  return home === undefined ? undefined : join(home, ...fallback, ...end);
}

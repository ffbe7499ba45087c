import { isAbsolute, join } from 'node:path';
import { homeDirectory } from '../../client/system/home-directory.js';
import { ChatError } from '../../shared/errors.js';

/** A kind of folder: its variable on Linux and on Windows, and where it is in the home directory without them. */
type Place = {
  readonly linux: readonly [variable: string, ...fallback: string[]];
  readonly windows: readonly [variable: string, folder: string, ...fallback: string[]];
  readonly macos: readonly string[];
};

const data: Place = {
  linux: ['XDG_DATA_HOME', '.local', 'share'],
  windows: ['LOCALAPPDATA', 'Data', 'AppData', 'Local'],
  macos: ['Library', 'Application Support'],
};
const config: Place = {
  linux: ['XDG_CONFIG_HOME', '.config'],
  windows: ['APPDATA', 'Config', 'AppData', 'Roaming'],
  macos: ['Library', 'Preferences'],
};

/** Where a server keeps its data unless told otherwise: this platform's place for a user's data. */
export function defaultDataDirectory(): string {
  const folder = find(data);
  if (folder !== undefined) return folder;
  throw new ChatError('usage', 'there is no home directory to keep the data in', {
    hint: 'Set HOME, or give --data DIRECTORY.',
  });
}

/** The list of servers whose certificates this user has confirmed; undefined where there is no place for it. */
export function trustFile(): string | undefined {
  return inConfig('trusted-servers.json');
}

/** This user's settings; undefined where there is no place for them. */
export function configFile(): string | undefined {
  return inConfig('config.toml');
}

function inConfig(name: string): string | undefined {
  const folder = find(config);
  return folder === undefined ? undefined : join(folder, name);
}

function variableOf({ linux, windows }: Place): string | undefined {
  if (process.platform === 'darwin') return undefined;
  return process.platform === 'win32' ? windows[0] : linux[0];
}

function find(place: Place): string | undefined {
  const { linux, windows, macos } = place;
  const variable = variableOf(place);
  const given = variable === undefined ? undefined : process.env[variable];
  const [, ...linuxFallback] = linux;
  const [, folder, ...windowsFallback] = windows;
  const isWindows = process.platform === 'win32';
  const fallback = isWindows ? windowsFallback : process.platform === 'darwin' ? macos : linuxFallback;
  const end = isWindows ? ['chat', folder] : ['chat'];
  // A relative path in such a variable counts as not set, as the XDG specification says.
  if (given !== undefined && isAbsolute(given)) return join(given, ...end);
  const home = homeDirectory();
  return home === undefined ? undefined : join(home, ...fallback, ...end);
}

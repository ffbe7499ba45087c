import { parse, TomlError, type TomlTable, type TomlValue } from 'smol-toml';
import { parseAddresses } from '../../client/connection/address.js';
import { parseFingerprint } from '../../client/connection/trust/trust-store.js';
import { imageModes } from '../../client/images/graphics/graphics-protocol.js';
import {
  type Configured,
  settingNames,
  settingValue,
  type Settings,
} from '../../client/ui/state/preferences.js';
import { ChatError } from '../../shared/errors.js';
import { serverKeys, serverName, topKeys, type Config, type ServerConfig } from './config.js';

/** Reads a configuration (TOML). Throws `usage`, with the file and the line, for an invalid one. */
export function parseConfig(text: string, file: string): Config {
  const table = parseToml(text, file);
  const wrong = (path: readonly string[], problem: string, cause?: unknown): ChatError =>
    new ChatError('usage', `${file}, line ${lineOf(text, path)}: ${problem}`, { cause });

  for (const [key, value] of Object.entries(table)) {
    if (key === 'servers') continue;
    const allowed = topKeys[key];
    if (allowed === undefined) throw wrong([key], unknownKey(key, [...Object.keys(topKeys), 'servers']));
    if (allowed === 'texts') {
      const isList = Array.isArray(value) && value.every((each) => typeof each === 'string' && each !== '');
      if (!isList) throw wrong([key], `${key} needs a list of texts: ["one", "two"]`);
      continue;
    }
    const setting = allowed !== 'text' && typeof value === 'boolean' ? value : textAt([key], value);
    if (allowed !== 'text' && !allowed.includes(setting)) {
      throw wrong([key], `${key} takes one of ${allowed.join(', ')}`);
    }
  }
  const servers = new Map<string, ServerConfig>();
  const { servers: tables = {} } = table;
  if (!isTable(tables)) throw wrong(['servers'], 'servers are tables: [servers.NAME]');
  for (const [name, server] of Object.entries(tables)) servers.set(name, readServer(name, server));
  const { address, user, images, 'clipboard-command': clipboardCommand } = table;
  const mode = imageModes.find((each) => each === images);
  const named = typeof address === 'string' ? address : undefined;
  if (named !== undefined && !servers.has(named)) checkAddress(['address'], named);
  return {
    file,
    servers,
    screen: screenSettings(table),
    ...(named !== undefined && { address: named }),
    ...(typeof user === 'string' && { user }),
    ...(mode !== undefined && { images: mode }),
    ...(typeof clipboardCommand === 'string' && { clipboardCommand }),
  };

  function readServer(name: string, server: TomlValue): ServerConfig {
    const path = ['servers', name];
    if (!serverName.test(name)) {
      throw wrong(path, `a server's name has letters, digits, _ and -, not "${name}"`);
    }
    if (!isTable(server)) throw wrong(path, `a server is a table: [servers.${name}]`);
    const values: Partial<Record<(typeof serverKeys)[number], string>> = {};
    for (const [key, value] of Object.entries(server)) {
      const known = serverKeys.find((each) => each === key);
      if (!known) throw wrong([...path, key], unknownKey(key, serverKeys));
      values[known] = textAt([...path, key], value);
    }
    const { address, fingerprint } = values;
    if (address === undefined) throw wrong(path, `[servers.${name}] has no address`);
    checkAddress([...path, 'address'], address);
    if (values['password-file'] !== undefined && values['password-command'] !== undefined) {
      throw wrong(
        [...path, 'password-command'],
        'only one of password-file and password-command can be given',
      );
    }
    if (fingerprint !== undefined) checkWith([...path, 'fingerprint'], () => parseFingerprint(fingerprint));
    return { ...values, address };
  }

  function textAt(path: readonly string[], value: TomlValue): string {
    if (typeof value === 'string' && value !== '') return value;
    throw wrong(path, `${path.at(-1) ?? ''} needs a text in quotes`);
  }

  function checkAddress(path: readonly string[], value: string): void {
    checkWith(path, () => parseAddresses(value));
  }

  function checkWith(path: readonly string[], check: () => unknown): void {
    try {
      check();
    } catch (thrown) {
      throw wrong(path, ChatError.from(thrown).message, thrown);
    }
  }
}

/** Of a checked table. */
function screenSettings({ highlight = [], history, ...values }: TomlTable): Configured {
  const given = settingNames.flatMap((name) => {
    const value = settingValue(name, values[name]);
    return value === undefined ? [] : [[name, value]];
  });
  return {
    settings: Object.fromEntries(given) as Partial<Settings>,
    highlights: Array.isArray(highlight) ? highlight.filter((word) => typeof word === 'string') : [],
    keepsHistory: history !== false,
  };
}

function parseToml(text: string, file: string): TomlTable {
  try {
    return parse(text);
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    // An excerpt follows in its message.
    const [reason = ''] = cause.message.split('\n');
    throw new ChatError(
      'usage',
      `${file}, line ${cause.line}: ${reason.replace(/^Invalid TOML document: /, '')}`,
      {
        hint: 'A setting is KEY = "VALUE".',
        cause,
      },
    );
  }
}

function unknownKey(key: string, known: readonly string[]): string {
  return `there is no setting "${key}" here, only ${known.join(', ')}`;
}

function isTable(value: TomlValue): value is TomlTable {
  return typeof value === 'object' && !Array.isArray(value) && !(value instanceof Date);
}

/** The line (from 1) of a setting in a TOML text; in another notation the first line that contains its last key. */
function lineOf(text: string, path: readonly string[]): number {
  const lines = text.split(/\r?\n/);
  const wanted = path.join('.');
  let table = '';
  for (const [index, line] of lines.entries()) {
    const header = /^\s*\[([^\]]+)\]/.exec(line)?.[1];
    if (header !== undefined) table = `${bare(header)}.`;
    const key = header === undefined ? /^\s*([^=#]+?)\s*=/.exec(line)?.[1] : undefined;
    const here = key === undefined ? table.slice(0, -1) : table + bare(key);
    if (here === wanted) return index + 1;
  }
  const last = path.at(-1) ?? '';
  return (
    Math.max(
      0,
      lines.findIndex((line) => line.includes(last)),
    ) + 1
  );
}

function bare(keys: string): string {
  return keys.replace(/["'\s]/g, '');
}

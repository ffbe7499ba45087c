import { defaultAddress, parseAddresses, type AddressList } from '../../client/connection/address.js';
import { readOwnFile } from '../../client/system/private-file.js';
import { ChatError } from '../../shared/errors.js';
import { setVariable, type IO } from '../io/io.js';
import type { LoginFlags, TrustFlags } from '../options/command-options.js';
import { type Config, type ServerConfig, emptyConfig } from './config.js';
import { configFile } from './standard-paths.js';

/** The options that the configuration can provide. */
export type ServerFlags = LoginFlags & TrustFlags;

/** The server, and how to log in there. */
export type ServerSettings<Flags> = {
  /** The server, or the servers of one room, as given. */
  readonly name: string;
  readonly addresses: AddressList;
  /** The options, completed from the configuration where the environment sets nothing. */
  readonly flags: Flags;
  readonly config: Config;
  /** Where the address comes from, for `chat doctor`. */
  readonly source: string;
};

/**
 * Finds the server: as given, else `CHAT_ADDRESS`, else the configuration's, else this machine. A name in the
 * configuration has precedence over a host of that name. Throws `usage`.
 */
export async function serverSettings<Flags extends ServerFlags>(
  given: string | undefined,
  flags: Flags,
  io: Pick<IO, 'env'>,
  readSettings: () => Promise<Config> = readConfig,
): Promise<ServerSettings<Flags>> {
  const config = await readSettings();
  const variable = setVariable(io.env, 'CHAT_ADDRESS');
  const name = given ?? variable ?? config.address ?? defaultAddress;
  const server = config.servers.get(name);
  if (!server) checkNames(name, config);
  return {
    name,
    addresses: parseAddresses(server?.address ?? name),
    flags: { ...fromConfig(server, config, flags, io.env), ...flags },
    config,
    source:
      given !== undefined
        ? 'the command line'
        : variable !== undefined
          ? 'CHAT_ADDRESS'
          : config.address !== undefined
            ? 'the configuration'
            : 'the default',
  };
}

/** Rejects names in a list: they would be used as hosts, without their settings. */
function checkNames(list: string, { servers }: Config): void {
  const name = list.split(',').find((part) => servers.has(part.trim()));
  if (name === undefined) return;
  throw new ChatError('usage', `${name.trim()} is a name in the configuration, which cannot be in a list`, {
    hint: 'A server of the configuration can have several addresses itself: address = "a,b,c".',
  });
}

/** What the configuration adds where no option or variable sets it. */
function fromConfig(
  server: ServerConfig | undefined,
  config: Config,
  flags: ServerFlags,
  env: IO['env'],
): ServerFlags {
  const user = server?.user ?? config.user;
  const hasPassword =
    flags.passwordFile !== undefined ||
    flags.passwordCommand !== undefined ||
    flags.passwordStdin === true ||
    setVariable(env, 'CHAT_PASSWORD') !== undefined;
  const hasTrust = flags.ca !== undefined || flags.fingerprint !== undefined;
  const {
    'password-file': passwordFile,
    'password-command': passwordCommand,
    ca,
    fingerprint,
  } = server ?? {};
  return {
    ...(user !== undefined && setVariable(env, 'CHAT_USER') === undefined && { user }),
    ...(!hasPassword && passwordFile !== undefined && { passwordFile }),
    ...(!hasPassword && passwordCommand !== undefined && { passwordCommand }),
    ...(!hasTrust && ca !== undefined && { ca }),
    ...(!hasTrust && fingerprint !== undefined && { fingerprint }),
  };
}

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

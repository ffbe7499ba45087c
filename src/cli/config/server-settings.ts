import { defaultAddress, parseAddresses, type AddressList } from '../../client/connection/address.js';
import { ChatError } from '../../shared/errors.js';
import type { LoginFlags } from '../options/login-options.js';
import type { TrustFlags } from '../options/trust-options.js';
import { setVariable, type IO } from '../io/io.js';
import type { Config, ServerConfig } from './config.js';
import { readConfig } from './read-config.js';

/** The options that a configuration can stand in for. */
export type ServerFlags = LoginFlags & TrustFlags;

/** Which server is meant, and how to log in there. */
export type ServerSettings<Flags> = {
  /** The server, or the servers of one room, as they were named. */
  readonly name: string;
  readonly addresses: AddressList;
  /** The flags, completed from the configuration where neither they nor the environment say something. */
  readonly flags: Flags;
  readonly config: Config;
  /** Where the address comes from, for `chat doctor`. */
  readonly source: string;
};

/**
 * Settles the server: the one given, else `CHAT_ADDRESS`, else the configuration's, else this machine. A name in the
 * configuration wins over a host of that name. Throws `usage`.
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

/** A name of the configuration in a list would be taken for a host, without its settings. */
function checkNames(list: string, { servers }: Config): void {
  const name = list.split(',').find((part) => servers.has(part.trim()));
  if (name === undefined) return;
  throw new ChatError('usage', `${name.trim()} is a name in the configuration: it stands alone`, {
    hint: 'A server of the configuration can have several addresses itself: address = "a,b,c".',
  });
}

/** What the configuration adds. An option or variable about the same thing keeps it out. */
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

import { askServer } from '../../client/ask-server.js';
import { hostAndPort, type Address } from '../../client/address.js';
import { formatByteSize } from '../../shared/byte-size.js';
import { ChatError } from '../../shared/errors.js';
import { serverSettings, type ServerFlags, type ServerSettings } from '../config/server-settings.js';
import { exitCodeOf, exitCodes } from '../exit-codes.js';
import { givenUser } from '../login.js';
import { connectTimeoutMs, openConnection, withNextStep } from '../open-connection.js';
import { givenPassword } from '../password.js';
import { describeError } from '../report-error.js';
import { setVariable, type Shell } from '../shell.js';
import { configFile } from '../standard-paths.js';
import type { Finding } from './finding.js';

/** What was found, and the exit code that a verb would end with. */
export type ServerFindings = { readonly findings: readonly Finding[]; readonly exitCode: number };

/** Where each setting comes from, and whether the server lets this user in. */
export async function checkServer(
  given: string | undefined,
  givenFlags: ServerFlags,
  shell: Shell,
  signal: AbortSignal,
): Promise<ServerFindings> {
  const settings = await serverSettings(given, givenFlags, shell);
  const { address, flags, name, source } = settings;
  const shown = hostAndPort(address) === name ? name : `${name}, that is ${hostAndPort(address)}`;
  const findings: Finding[] = [
    configuration(settings),
    { about: 'server', verdict: 'ok', text: `${shown} (from ${source})` },
    userFinding(settings, givenFlags, shell),
    passwordFinding(settings, givenFlags, shell),
    tlsFinding(settings),
  ];
  const user = givenUser(flags, shell);
  try {
    const password = await givenPassword(flags, shell);
    if (user === undefined || password === undefined) {
      const text = 'not tried without a user and a password';
      return { findings: [...findings, { about: 'login', verdict: 'note', text }], exitCode: exitCodes.done };
    }
    findings.push(await login(address, { user, password }, flags, shell, signal));
    return { findings, exitCode: exitCodes.done };
  } catch (thrown) {
    const error = ChatError.from(withNextStep(thrown, address));
    findings.push({ about: 'login', verdict: 'bad', text: describeError(error) });
    return { findings, exitCode: exitCodeOf(error.code) };
  }
}

async function login(
  address: Address,
  credentials: { readonly user: string; readonly password: string },
  flags: ServerFlags,
  shell: Shell,
  signal: AbortSignal,
): Promise<Finding> {
  const timeoutMs = connectTimeoutMs;
  const connection = await openConnection(
    { address, credentials, flags, timeoutMs, confirm: undefined },
    shell,
  );
  try {
    const { logId, maxImage } = await askServer(connection, signal);
    const about = 'login';
    if (logId === undefined) {
      const text = `${credentials.user} is let in, by a server without history, search and presence`;
      return {
        about,
        verdict: 'note',
        text,
        advice: 'A message whose answer is lost is not sent again there.',
      };
    }
    const limit = maxImage === undefined ? '' : `; images up to ${formatByteSize(maxImage)}`;
    return { about, verdict: 'ok', text: `${credentials.user} is let in${limit}` };
  } finally {
    connection.close();
  }
}

function configuration({ config: { file } }: ServerSettings<ServerFlags>): Finding {
  const text = file ?? `none: ${configFile()} does not exist`;
  return { about: 'configuration', verdict: 'ok', text };
}

function userFinding(
  { flags, config }: ServerSettings<ServerFlags>,
  given: ServerFlags,
  { env }: Shell,
): Finding {
  const about = 'user';
  if (given.user !== undefined) return { about, verdict: 'ok', text: `${given.user} (from --user)` };
  const variable = setVariable(env, 'CHAT_USER');
  if (variable !== undefined) return { about, verdict: 'ok', text: `${variable} (from CHAT_USER)` };
  if (flags.user !== undefined)
    return { about, verdict: 'ok', text: `${flags.user} (from ${config.file ?? ''})` };
  const advice = 'Set CHAT_USER or use --user; chat connect asks on its login screen.';
  return { about, verdict: 'note', text: 'not set', advice };
}

function passwordFinding(
  { flags, config }: ServerSettings<ServerFlags>,
  given: ServerFlags,
  { env }: Shell,
): Finding {
  const about = 'password';
  const option =
    given.passwordFile !== undefined
      ? '--password-file'
      : given.passwordCommand !== undefined
        ? '--password-command'
        : given.passwordStdin
          ? '--password-stdin'
          : undefined;
  if (option !== undefined) return { about, verdict: 'ok', text: `from ${option}` };
  if (setVariable(env, 'CHAT_PASSWORD') !== undefined)
    return { about, verdict: 'ok', text: 'from CHAT_PASSWORD' };
  if (flags.passwordFile !== undefined || flags.passwordCommand !== undefined) {
    const key = flags.passwordFile === undefined ? 'password-command' : 'password-file';
    return { about, verdict: 'ok', text: `from ${key} in ${config.file ?? ''}` };
  }
  const advice = 'Set CHAT_PASSWORD, or use --password-file or --password-command; a terminal is asked.';
  return { about, verdict: 'note', text: 'not set', advice };
}

function tlsFinding({ address, flags }: ServerSettings<ServerFlags>): Finding {
  const about = 'TLS';
  if (!address.tls) {
    const isOpen = address.text.toLowerCase().startsWith('http://');
    return {
      about,
      verdict: isOpen ? 'note' : 'ok',
      text: isOpen
        ? 'off, as http:// says: passwords can be read on the way'
        : 'off: the server is on this machine',
    };
  }
  if (flags.fingerprint !== undefined)
    return { about, verdict: 'ok', text: 'on, for the given fingerprint alone' };
  if (flags.ca !== undefined)
    return { about, verdict: 'ok', text: `on, for certificates signed by ${flags.ca}` };
  return { about, verdict: 'ok', text: 'on, for a known authority or a certificate that was confirmed here' };
}

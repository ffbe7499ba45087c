import { hostAndPort, type Address } from '../../../client/connection/address.js';
import type { Credentials } from '../../../client/connection/port.js';
import { ChatError } from '../../../shared/errors.js';
import type { Config } from '../../config/config.js';
import { serverSettings, type ServerFlags, type ServerSettings } from '../../config/server-settings.js';
import { exitCodeOf, exitCodes } from '../../io/exit-codes.js';
import { givenUser } from '../../login/credentials.js';
import { givenPassword } from '../../login/password.js';
import { describeError } from '../../io/report-error.js';
import { setVariable, type IO } from '../../io/io.js';
import type { TrustFlags } from '../../options/trust-options.js';
import { checkLogin, compareLogs } from './check-login.js';
import type { Finding } from './finding.js';

/** The findings, and the exit code of the first failure. */
export type ServerFindings = { readonly findings: readonly Finding[]; readonly exitCode: number };

/** Where each setting comes from, and whether the user can log in. */
export async function checkServer(
  given: string | undefined,
  givenFlags: ServerFlags,
  config: Config,
  io: IO,
  signal: AbortSignal,
): Promise<ServerFindings> {
  const settings = await serverSettings(given, givenFlags, io, () => Promise.resolve(config));
  const { addresses, flags, name, source } = settings;
  const targets = addresses.map(hostAndPort).join(',');
  const shown = targets === name ? name : `${name}, that is ${targets}`;
  const findings: Finding[] = [
    { about: 'server', status: 'ok', text: `${shown} (from ${source})` },
    userFinding(settings, givenFlags, io),
    passwordFinding(settings, givenFlags, io),
  ];
  let credentials: Credentials | undefined;
  try {
    const user = givenUser(flags, io);
    const password = await givenPassword(flags, io);
    if (user !== undefined && password !== undefined) credentials = { user, password };
  } catch (thrown) {
    const error = ChatError.from(thrown);
    findings.push({ about: 'login', status: 'bad', text: describeError(error) });
    return { findings, exitCode: exitCodeOf(error.code) };
  }
  let exitCode: number = exitCodes.done;
  const logs: (string | undefined)[] = [];
  for (const address of addresses) {
    const name = addresses.length > 1 ? hostAndPort(address) : undefined;
    findings.push(forServer(name, checkTls(address, flags)));
    if (!credentials) continue;
    const login = await checkLogin({ address, credentials, flags }, io, signal);
    findings.push(forServer(name, login.finding));
    if (exitCode === exitCodes.done) ({ exitCode } = login);
    if (login.isLoggedIn) logs.push(login.logId);
  }
  if (!credentials) {
    findings.push({ about: 'login', status: 'note', text: 'not tried: no user and password' });
  }
  return { findings: [...findings, ...compareLogs(logs)], exitCode };
}

/** Prefixes the name of the server, if there are several. */
function forServer(server: string | undefined, finding: Finding): Finding {
  return server === undefined ? finding : { ...finding, text: `${server}: ${finding.text}` };
}

function userFinding(
  { flags, config }: ServerSettings<ServerFlags>,
  given: ServerFlags,
  { env }: IO,
): Finding {
  const about = 'user';
  if (given.user !== undefined) return { about, status: 'ok', text: `${given.user} (from --user)` };
  const variable = setVariable(env, 'CHAT_USER');
  if (variable !== undefined) return { about, status: 'ok', text: `${variable} (from CHAT_USER)` };
  if (flags.user !== undefined)
    return { about, status: 'ok', text: `${flags.user} (from ${config.file ?? ''})` };
  const advice = 'Set CHAT_USER or use --user; chat connect asks on its login screen.';
  return { about, status: 'note', text: 'not set', advice };
}

function passwordFinding(
  { flags, config }: ServerSettings<ServerFlags>,
  given: ServerFlags,
  { env }: IO,
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
  if (option !== undefined) return { about, status: 'ok', text: `from ${option}` };
  if (setVariable(env, 'CHAT_PASSWORD') !== undefined)
    return { about, status: 'ok', text: 'from CHAT_PASSWORD' };
  if (flags.passwordFile !== undefined || flags.passwordCommand !== undefined) {
    const key = flags.passwordFile === undefined ? 'password-command' : 'password-file';
    return { about, status: 'ok', text: `from ${key} in ${config.file ?? ''}` };
  }
  const advice =
    'Set CHAT_PASSWORD, or use --password-file or --password-command; else chat asks on the terminal.';
  return { about, status: 'note', text: 'not set', advice };
}

function checkTls(address: Address, flags: TrustFlags): Finding {
  const about = 'TLS';
  if (!address.tls) {
    const isOpen = address.text.toLowerCase().startsWith('http://');
    return {
      about,
      status: isOpen ? 'note' : 'ok',
      text: isOpen
        ? 'off because of http://: passwords can be read on the network'
        : 'off: the server is on this machine',
    };
  }
  if (flags.fingerprint !== undefined)
    return { about, status: 'ok', text: 'on, only for the given fingerprint' };
  if (flags.ca !== undefined)
    return { about, status: 'ok', text: `on, for certificates signed by ${flags.ca}` };
  return { about, status: 'ok', text: 'on, for a public authority or a certificate that you confirmed' };
}

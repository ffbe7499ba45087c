import { hostAndPort } from '../../client/connection/address.js';
import type { Credentials } from '../../client/connection/port.js';
import { ChatError } from '../../shared/errors.js';
import type { Config } from '../config/config.js';
import { serverSettings, type ServerFlags, type ServerSettings } from '../config/server-settings.js';
import { exitCodeOf, exitCodes } from '../exit-codes.js';
import { givenUser } from '../login/login.js';
import { givenPassword } from '../login/password.js';
import { describeError } from '../report-error.js';
import { setVariable, type Shell } from '../shell.js';
import { checkLogin, compareLogs } from './check-login.js';
import { checkTls } from './check-tls.js';
import type { Finding } from './finding.js';

/** What was found, and the exit code that a verb would end with. */
export type ServerFindings = { readonly findings: readonly Finding[]; readonly exitCode: number };

/** Where each setting comes from, and whether the server lets this user in. */
export async function checkServer(
  given: string | undefined,
  givenFlags: ServerFlags,
  config: Config,
  shell: Shell,
  signal: AbortSignal,
): Promise<ServerFindings> {
  const settings = await serverSettings(given, givenFlags, shell, () => Promise.resolve(config));
  const { addresses, flags, name, source } = settings;
  const places = addresses.map(hostAndPort).join(',');
  const shown = places === name ? name : `${name}, that is ${places}`;
  const findings: Finding[] = [
    { about: 'server', verdict: 'ok', text: `${shown} (from ${source})` },
    userFinding(settings, givenFlags, shell),
    passwordFinding(settings, givenFlags, shell),
  ];
  let credentials: Credentials | undefined;
  try {
    const user = givenUser(flags, shell);
    const password = await givenPassword(flags, shell);
    if (user !== undefined && password !== undefined) credentials = { user, password };
  } catch (thrown) {
    const error = ChatError.from(thrown);
    findings.push({ about: 'login', verdict: 'bad', text: describeError(error) });
    return { findings, exitCode: exitCodeOf(error.code) };
  }
  let exitCode: number = exitCodes.done;
  const logs: (string | undefined)[] = [];
  for (const address of addresses) {
    const name = addresses.length > 1 ? hostAndPort(address) : undefined;
    findings.push(of(name, checkTls(address, flags)));
    if (!credentials) continue;
    const login = await checkLogin({ address, credentials, flags }, shell, signal);
    findings.push(of(name, login.finding));
    if (exitCode === exitCodes.done) ({ exitCode } = login);
    if (login.isLetIn) logs.push(login.logId);
  }
  if (!credentials) {
    findings.push({ about: 'login', verdict: 'note', text: 'not tried without a user and a password' });
  }
  return { findings: [...findings, ...compareLogs(logs)], exitCode };
}

/** Of several servers, which one it is about. */
function of(server: string | undefined, finding: Finding): Finding {
  return server === undefined ? finding : { ...finding, text: `${server}: ${finding.text}` };
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

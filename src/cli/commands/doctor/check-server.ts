import { hostAndPort, type Address } from '../../../client/connection/address.js';
import type { Credentials } from '../../../client/connection/port.js';
import { ChatError } from '../../../shared/errors.js';
import type { Config } from '../../config/config.js';
import { serverSettings, type ServerFlags, type ServerSettings } from '../../config/server-settings.js';
import { askHealth, withHint } from '../../connection/open-connection.js';
import { givenUser, givenPassword } from '../../login/credentials.js';
import { setVariable, type IO } from '../../io/io.js';
import type { TrustFlags } from '../../options/command-options.js';
import { checkLogin, compareLogs } from './check-login.js';
import { failedFinding, type Finding } from './finding.js';

/** Whether the servers answer, where each setting comes from, and whether the user can log in. */
export async function checkServer(
  given: string | undefined,
  givenFlags: ServerFlags,
  config: Config,
  io: IO,
  signal: AbortSignal,
): Promise<Finding[]> {
  const settings = await serverSettings(given, givenFlags, io, () => Promise.resolve(config));
  const { addresses, flags } = settings;
  const servers = await Promise.all(
    addresses.map(async (address) => ({ address, ...(await reach(address, settings, io, signal)) })),
  );
  const findings = [
    ...servers.map(({ server }) => server),
    userFinding(settings, givenFlags, io),
    passwordFinding(settings, givenFlags, io),
  ];
  const credentials = await givenCredentials(flags, io).catch((thrown: unknown) => {
    findings.push(failedFinding('login', thrown));
    return 'unreadable' as const;
  });
  const logs: (string | undefined)[] = [];
  for (const { address, tls, answers } of servers) {
    const name = addresses.length > 1 ? hostAndPort(address) : undefined;
    if (tls) findings.push(forServer(name, tls));
    if (credentials === 'unreadable' || !answers || !credentials) continue;
    const login = await checkLogin({ address, credentials, flags }, io, signal);
    findings.push(...login.findings.map((finding) => forServer(name, finding)));
    if (login.isLoggedIn) logs.push(login.logId);
  }
  const reason = notTried(
    credentials,
    servers.some(({ answers }) => answers),
  );
  if (reason !== undefined) findings.push({ about: 'login', status: 'note', text: `not tried: ${reason}` });
  return [...findings, ...compareLogs(logs)];
}

/** Why no login was tried; undefined if one was, or if another finding says why not. */
function notTried(credentials: Credentials | 'unreadable' | undefined, answers: boolean): string | undefined {
  if (credentials === 'unreadable') return undefined;
  if (!answers) return 'no server to log in to';
  return credentials ? undefined : 'no user and password';
}

async function givenCredentials(flags: ServerFlags, io: IO): Promise<Credentials | undefined> {
  const user = givenUser(flags, io);
  const password = await givenPassword(flags, io);
  return user !== undefined && password !== undefined ? { user, password } : undefined;
}

/** What was found out about a server without a login. `answers`: a login can be tried. */
type Reached = { readonly server: Finding; readonly tls?: Finding; readonly answers: boolean };

/** Contacts a server without a login. */
async function reach(
  address: Address,
  { addresses, name, source, flags }: ServerSettings<ServerFlags>,
  io: IO,
  signal: AbortSignal,
): Promise<Reached> {
  const about = 'server';
  const target = hostAndPort(address);
  const named = addresses.length > 1 || target === name ? target : `${name}, that is ${target}`;
  const from = `(from ${source})`;
  const answering: Finding = { about, status: 'ok', text: `${named} ${from} answers` };
  const tls = checkTls(address, flags);
  try {
    const health = await askHealth(address, flags, io, signal);
    if (health !== 'not-serving') return { server: answering, tls, answers: true };
    const failure = new ChatError(
      'store-unavailable',
      `${named} ${from} answers, but cannot store messages`,
      {
        hint: 'The log of the server has the reason. Until then messages can be read, but not sent.',
      },
    );
    return { server: failedFinding(about, failure), tls, answers: true };
  } catch (thrown) {
    const error = ChatError.from(withHint(thrown, [address]));
    // It has shown a certificate.
    if (error.code === 'certificate-untrusted') {
      return { server: answering, tls: failedFinding('TLS', error), answers: false };
    }
    const server = failedFinding(about, error);
    return { server: { ...server, text: `${server.text} ${from}` }, answers: false };
  }
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

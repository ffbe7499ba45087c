import type { Address } from '../../client/connection/address.js';
import { fetchServerInfo as askServer } from '../../client/connection/server-info.js';
import type { Credentials, Opened } from '../../client/connection/port.js';
import { formatByteSize } from '../../shared/byte-size.js';
import { ChatError } from '../../shared/errors.js';
import { exitCodeOf, exitCodes } from '../exit-codes.js';
import { connectTimeoutMs, openConnection, withNextStep, type TrustFlags } from '../open-connection.js';
import { describeError } from '../report-error.js';
import type { Shell } from '../shell.js';
import type { Finding } from './finding.js';

/** What a login is tried with. */
export type LoginTrial = {
  readonly address: Address;
  readonly credentials: Credentials;
  readonly flags: TrustFlags;
};

/** What came of it: the exit code that a verb would end with, and the log of the server that let the user in. */
export type LoginFinding = { readonly finding: Finding; readonly exitCode: number } & (
  { readonly isLetIn: true; readonly logId: string | undefined } | { readonly isLetIn: false }
);

/** Whether a server lets a user in. */
export async function checkLogin(
  trial: LoginTrial,
  shell: Shell,
  signal: AbortSignal,
): Promise<LoginFinding> {
  const { address, credentials } = trial;
  try {
    const opened = await logIn(trial, shell, signal);
    const finding = loginFinding(credentials.user, opened);
    return { finding, exitCode: exitCodes.done, isLetIn: true, logId: opened.logId };
  } catch (thrown) {
    const error = ChatError.from(withNextStep(thrown, [address]));
    const finding = { about: 'login', verdict: 'bad', text: describeError(error) } as const;
    return { finding, exitCode: exitCodeOf(error.code), isLetIn: false };
  }
}

/** Servers of one room keep one log. Nothing to say where there is only one. */
export function compareLogs(logs: readonly (string | undefined)[]): Finding[] {
  if (logs.length < 2) return [];
  const about = 'room';
  const isOne = logs.every((log) => log !== undefined && log === logs[0]);
  if (isOne) return [{ about, verdict: 'ok', text: 'these servers share one log' }];
  const advice = 'Name servers of one room only: those that run with the same --store nats://…';
  return [{ about, verdict: 'bad', text: 'these servers keep different logs', advice }];
}

async function logIn(
  { address, credentials, flags }: LoginTrial,
  shell: Shell,
  signal: AbortSignal,
): Promise<Opened> {
  const timeoutMs = connectTimeoutMs;
  const connection = await openConnection(
    { addresses: [address], credentials, flags, timeoutMs, confirm: undefined },
    shell,
  );
  try {
    return await askServer(connection, signal);
  } finally {
    connection.close();
  }
}

function loginFinding(user: string, { logId, maxImage }: Opened): Finding {
  const about = 'login';
  if (logId === undefined) {
    return {
      about,
      verdict: 'note',
      text: `${user} is let in, by a server without history, search and presence`,
      advice: 'A message whose answer is lost is not sent again there.',
    };
  }
  const limit = maxImage === undefined ? '' : `; images up to ${formatByteSize(maxImage)}`;
  return { about, verdict: 'ok', text: `${user} is let in${limit}` };
}

import { ChatError } from '../../shared/errors.js';
import type { AccountsSnapshot } from '../accounts/accounts-snapshot.js';
import { isLoopback } from '../net/loopback.js';
import type { ServerOptions } from './server-options.js';

/** What decides whether a server may start. */
export type StartConditions = Pick<ServerOptions, 'host' | 'demoUsers' | 'tls' | 'insecure' | 'proxies'> & {
  readonly accounts: AccountsSnapshot;
};

type StartDecision = {
  readonly demoUsers: boolean;
  readonly warnings: readonly string[];
};

const usersMissing = {
  reason: 'nobody could log in, since there are no users',
  hint: 'add one with chat users add NAME, or start with --demo-users for a trial',
};
const tlsMissing = {
  reason: 'passwords would cross the network unencrypted',
  hint: 'start with --tls-self-signed, with --tls-cert and --tls-key, or with --insecure to accept that',
};

/** Throws `usage` for a start that would let everyone in or expose passwords without a flag that allows it. */
export function checkStart({
  host,
  demoUsers,
  tls,
  insecure,
  accounts,
  proxies,
}: StartConditions): StartDecision {
  const { initialised } = accounts;
  if (demoUsers && initialised) {
    throw new ChatError('usage', 'users were added here: --demo-users cannot bring the demo users back', {
      hint: 'leave out --demo-users, or use another --data directory',
    });
  }
  // A load balancer makes a loopback address reachable for others.
  if (isLoopback(host) && !proxies) return { demoUsers: !initialised, warnings: unreachable(accounts) };

  const plaintext = tls.kind === 'none';
  const missing = [
    ...(accounts.accounts.length === 0 && !demoUsers ? [usersMissing] : []),
    ...(plaintext && !insecure ? [tlsMissing] : []),
  ];
  if (missing.length > 0) {
    const reasons = missing.map(({ reason }) => reason).join(', and ');
    throw new ChatError('usage', `${reasons}, on ${host}`, {
      hint: missing.map(({ hint }) => hint).join('; '),
    });
  }
  const warnings: string[] = [];
  if (demoUsers) {
    warnings.push(
      `Anyone who can reach ${host} can log in as user1 to user5 with the published password: add users with chat users add.`,
    );
  }
  if (plaintext) warnings.push(`Passwords and messages cross the network unencrypted on ${host}.`);
  return { demoUsers, warnings };
}

/** On loopback a server without users may start: they can be added while it runs. */
function unreachable({ initialised, accounts }: AccountsSnapshot): string[] {
  if (!initialised || accounts.length > 0) return [];
  return ['Nobody can log in, since all users were removed: add one with chat users add.'];
}

import { hostAndPort } from '../client/connection/address.js';
import { openTrustStore } from '../client/connection/trust/trust-store.js';
import { ChatError } from '../shared/errors.js';
import { serverSettings } from './config/server-settings.js';
import { exitCodes } from './exit-codes.js';
import type { Shell } from './shell.js';
import { trustFile } from './standard-paths.js';

/** What stands on the command line of `chat trust`, as it was written. */
export type TrustVerbFlags = { readonly forget?: string; readonly debug?: boolean };

/** `chat trust list`: the servers whose certificate was confirmed here, `host:port` and fingerprint. */
export async function listTrusted(shell: Shell): Promise<number> {
  const servers = await openTrustStore(trustFile()).list();
  for (const [server, fingerprint] of servers) shell.stdout.write(`${server} ${fingerprint}\n`);
  return exitCodes.done;
}

/** `chat trust --forget ADDRESS`: the next connection asks again. */
export async function forgetTrusted({ forget }: TrustVerbFlags, shell: Shell): Promise<number> {
  if (forget === undefined) {
    throw new ChatError('usage', 'say what to do', {
      hint: 'Either chat trust list or chat trust --forget ADDRESS.',
    });
  }
  const store = openTrustStore(trustFile());
  const { addresses } = await serverSettings(forget, {}, shell);
  const forgotten: string[] = [];
  for (const server of addresses.map(hostAndPort)) if (await store.forget(server)) forgotten.push(server);
  if (forgotten.length === 0) {
    throw new ChatError(
      'not-found',
      `no certificate of ${addresses.map(hostAndPort).join(', ')} is kept here`,
      {
        hint: 'Those that are: chat trust list',
      },
    );
  }
  shell.stderr.write(`forgot the certificate of ${forgotten.join(', ')}\n`);
  return exitCodes.done;
}

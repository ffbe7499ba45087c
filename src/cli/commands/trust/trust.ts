import { hostAndPort } from '../../../client/connection/address.js';
import { openTrustStore } from '../../../client/connection/trust/trust-store.js';
import { ChatError } from '../../../shared/errors.js';
import { serverSettings } from '../../config/server-settings.js';
import { exitCodes } from '../../io/exit.js';
import type { IO } from '../../io/io.js';
import { trustFile } from '../../config/standard-paths.js';

/** `chat trust list`: the servers whose certificate the user confirmed, as `host:port` and fingerprint. */
export async function listTrusted(io: IO): Promise<number> {
  const servers = await openTrustStore(trustFile()).list();
  for (const [server, fingerprint] of servers) io.stdout.write(`${server} ${fingerprint}\n`);
  return exitCodes.done;
}

/** `chat trust forget ADDRESS`: the next connection asks again. */
export async function forgetTrusted(address: string, io: IO): Promise<number> {
  const store = openTrustStore(trustFile());
  const { addresses } = await serverSettings(address, {}, io);
  const forgotten: string[] = [];
  for (const server of addresses.map(hostAndPort)) if (await store.forget(server)) forgotten.push(server);
  if (forgotten.length === 0) {
    throw new ChatError('not-found', `no certificate of ${addresses.map(hostAndPort).join(', ')} is stored`, {
      hint: 'List those that are: chat trust list',
    });
  }
  io.stderr.write(`forgot the certificate of ${forgotten.join(', ')}\n`);
  return exitCodes.done;
}

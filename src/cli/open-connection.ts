import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { hostAndPort, isLoopback, type Address } from '../client/address.js';
import type { Connection, Credentials } from '../client/connection.js';
import { establishTrust } from '../client/grpc/establish-trust.js';
import { parseFingerprint } from '../client/grpc/fingerprint.js';
import { connect } from '../client/grpc/grpc-connection.js';
import type { Trust } from '../client/grpc/open-tls.js';
import { openTrustStore } from '../client/grpc/trust-store.js';
import { ChatError } from '../shared/errors.js';
import type { Shell } from './shell.js';
import { trustFile } from './standard-paths.js';
import { askLine } from './terminal-prompt.js';

/** The options that say which certificate to trust. */
export type TrustFlags = { readonly ca?: string; readonly fingerprint?: string };

// A certificate bundle of every public authority has a quarter of that.
const maxAuthorityBytes = 1024 * 1024;

/** What the options say about trust. Throws `usage` where they cannot be meant. */
async function givenTrust({ ca, fingerprint }: TrustFlags, shell: Shell): Promise<Trust> {
  return {
    ...(ca !== undefined && { ca: await readAuthority(ca, shell) }),
    ...(fingerprint !== undefined && { fingerprint: parseFingerprint(fingerprint) }),
  };
}

/** How a verb connects. */
export type OpenOptions = {
  readonly address: Address;
  readonly credentials: Credentials;
  readonly flags: TrustFlags;
  /** Until the server must have answered for the first time, in milliseconds. */
  readonly timeoutMs: number;
  /** Until a message must be acknowledged, in milliseconds; unless given, what a large image may take. */
  readonly sendTimeoutMs?: number;
  /** Shows a person the fingerprint of an unknown certificate; undefined where there is nobody to ask. */
  readonly confirm: ((fingerprint: string) => Promise<boolean>) | undefined;
};

/** How long a server may take to answer for the first time, unless told otherwise, in milliseconds. */
export const connectTimeoutMs = 10_000;

/** Settles whom to trust and makes the connection. A certificate that was confirmed is remembered. */
export async function openConnection(options: OpenOptions, shell: Shell): Promise<Connection> {
  const { address, credentials, flags, timeoutMs, sendTimeoutMs, confirm } = options;
  const trust = await establishTrust({
    address,
    given: await givenTrust(flags, shell),
    store: openTrustStore(trustFile()),
    confirm,
    timeoutMs,
  });
  return connect({
    address,
    credentials,
    trust,
    connectTimeoutMs: timeoutMs,
    ...(sendTimeoutMs !== undefined && { sendTimeoutMs }),
  });
}

/** The same failure; where a server cannot be reached, with the next step. */
export function withNextStep(thrown: unknown, address: Address): unknown {
  if (!(thrown instanceof ChatError) || thrown.code !== 'unreachable' || thrown.hint !== undefined)
    return thrown;
  // On this machine there is one reason, which people can do something about.
  const [message, hint] = isLoopback(address.host)
    ? [`no server answers at ${address.text}`, 'Start one with: chat serve']
    : [thrown.message, 'Check the address, and that chat serve runs there.'];
  return new ChatError('unreachable', message, { hint, cause: thrown });
}

/** Asks on the terminal whether to trust an unknown certificate; undefined where there is none. */
export function confirmOnTerminal(address: Address, shell: Shell): OpenOptions['confirm'] {
  if (!shell.stdin.isTTY) return undefined;
  return async (fingerprint) => {
    shell.stderr.write(
      `The certificate of ${hostAndPort(address)} is not known here. Its SHA-256 is\n  ${fingerprint}\n` +
        'Compare it with the one that chat serve printed.\n',
    );
    return /^y(es)?$/i.test(await askLine('Trust it from now on? [y/N] ', shell));
  };
}

async function readAuthority(path: string, { cwd }: Shell): Promise<string> {
  try {
    const file = await open(resolve(cwd, path));
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(maxAuthorityBytes), 0, maxAuthorityBytes, 0);
      return buffer.toString('utf8', 0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ChatError('usage', `--ca: cannot read ${path}: ${reason}`, { cause: error });
  }
}

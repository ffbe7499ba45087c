import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { hostAndPort, isLoopback, type Address, type AddressList } from '../client/connection/address.js';
import type { Connection, Credentials } from '../client/connection/port.js';
import { failOver, type Endpoint as Candidate } from '../client/connection/fail-over.js';
import {
  resolveTrust as establishTrust,
  resolveTrustForAll as establishTrustInEach,
  type TrustedAddress,
} from '../client/connection/trust/resolve-trust.js';
import { parseFingerprint, openTrustStore } from '../client/connection/trust/trust-store.js';
import { connect, type ConnectOptions } from '../client/connection/grpc/grpc-connection.js';
import type { Trust } from '../client/connection/transport/tls.js';
import { proxyFor } from '../client/connection/transport/proxy.js';
import { sanitiseLine } from '../client/terminal/text/sanitise.js';
import { withoutMark } from '../shared/byte-order-mark.js';
import { ChatError } from '../shared/errors.js';
import { fileFailure } from '../shared/file-failure.js';
import type { Shell } from './shell.js';
import { trustFile } from './standard-paths.js';
import { askLine } from './login/terminal-prompt.js';

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
  /** Several: the servers of one room, of which one at a time is used. */
  readonly addresses: AddressList;
  readonly credentials: Credentials;
  readonly flags: TrustFlags;
  /** Until the server must have answered for the first time, in milliseconds. */
  readonly timeoutMs: number;
  /** Until a message must be acknowledged, in milliseconds; unless given, what a large image may take. */
  readonly sendTimeoutMs?: number;
  readonly confirm: ConfirmCertificate | undefined;
  /** Told once of each server that sends something that cannot be read. */
  readonly onUnreadable?: (reason: ChatError) => void;
  /** Receives what a person should know, as a line; unless given, stderr does. */
  readonly warn?: (text: string) => void;
};

/** Shows a person the fingerprint of an unknown certificate; undefined where there is nobody to ask. */
export type ConfirmCertificate = (fingerprint: string, address: Address) => Promise<boolean>;

/** How long a server may take to answer for the first time, unless told otherwise, in milliseconds. */
export const connectTimeoutMs = 10_000;

/** Of several servers, one that cannot be reached within this time is passed over, in milliseconds. */
const readyTimeoutMs = 3000;

/** Settles whom to trust and makes the connection. A certificate that was confirmed is remembered. */
export async function openConnection(options: OpenOptions, shell: Shell): Promise<Connection> {
  const { addresses, credentials, flags, timeoutMs, sendTimeoutMs, confirm, onUnreadable } = options;
  const { warn = (text: string) => shell.stderr.write(`chat: ${sanitiseLine(text)}\n`) } = options;
  const [address, ...others] = addresses;
  const given = await givenTrust(flags, shell);
  const store = openTrustStore(trustFile());
  const proxyTo = (one: Address) => proxyFor(one, shell.env);
  const questions = { given, store, confirm, warn, proxyFor: proxyTo };
  const base: Omit<ConnectOptions, 'address' | 'trust'> = {
    credentials,
    connectTimeoutMs: timeoutMs,
    ...(sendTimeoutMs !== undefined && { sendTimeoutMs }),
    ...(onUnreadable && { onUnreadable }),
  };
  if (others.length === 0) {
    const trust = await establishTrust({ ...questions, address, timeoutMs });
    return connect({ ...base, address, proxy: proxyTo(address), trust });
  }
  const trusted = await establishTrustInEach({ ...questions, addresses, timeoutMs: readyTimeoutMs });
  const [first, ...rest] = trusted;
  const candidate = ({ address: one, trust }: TrustedAddress): Candidate => ({
    address: one.text,
    connection: connect({
      ...base,
      address: one,
      proxy: proxyTo(one),
      trust,
      readyTimeoutMs: Math.min(readyTimeoutMs, timeoutMs),
    }),
  });
  return failOver([candidate(first), ...rest.map(candidate)], Math.random);
}

/** The same failure; where a server cannot be reached, with the next step. */
export function withNextStep(thrown: unknown, [address, ...others]: AddressList): unknown {
  if (others.length > 0) return thrown;
  if (!(thrown instanceof ChatError) || thrown.code !== 'unreachable' || thrown.hint !== undefined)
    return thrown;
  if (thrown.message.endsWith('was not found')) {
    const hint = 'Check the spelling of the host name, and that this machine can look it up.';
    return new ChatError('unreachable', thrown.message, { hint, cause: thrown });
  }
  // On this machine there is one reason, which people can do something about.
  const [message, hint] = isLoopback(address.host)
    ? [`no server answers at ${address.text}`, 'Start one with: chat serve']
    : [thrown.message, 'Check the address, and that chat serve runs there.'];
  return new ChatError('unreachable', message, { hint, cause: thrown });
}

/** Asks on the terminal whether to trust an unknown certificate; undefined where there is none. */
export function confirmOnTerminal(shell: Shell): ConfirmCertificate | undefined {
  if (!shell.stdin.isTTY) return undefined;
  return async (fingerprint, address) => {
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
      return withoutMark(buffer.toString('utf8', 0, bytesRead));
    } finally {
      await file.close();
    }
  } catch (error) {
    throw new ChatError('usage', `--ca: cannot read ${path}: ${fileFailure(error)}`, { cause: error });
  }
}

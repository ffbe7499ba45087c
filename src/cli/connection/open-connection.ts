import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { hostAndPort, isLoopback, type Address, type AddressList } from '../../client/connection/address.js';
import type { Connection, Credentials } from '../../client/connection/port.js';
import { failOver, type Endpoint } from '../../client/connection/fail-over.js';
import {
  resolveTrust,
  resolveTrustForAll,
  type TrustedAddress,
} from '../../client/connection/trust/resolve-trust.js';
import { parseFingerprint, openTrustStore } from '../../client/connection/trust/trust-store.js';
import {
  connect,
  fetchHealth,
  type ConnectOptions,
  type Health,
} from '../../client/connection/grpc/grpc-connection.js';
import type { Trust } from '../../client/connection/transport/tls.js';
import { proxyFor } from '../../client/connection/transport/proxy.js';
import { sanitiseLine } from '../../client/terminal/text/sanitise.js';
import { withoutMark } from '../../shared/byte-order-mark.js';
import { ChatError } from '../../shared/errors.js';
import { fileFailure } from '../../shared/file-failure.js';
import type { IO } from '../io/io.js';
import { trustFile } from '../config/standard-paths.js';
import type { TrustFlags } from '../options/command-options.js';
import { askLine } from '../io/terminal-prompt.js';

// Four times the size of a bundle of all public authorities.
const maxAuthorityBytes = 1024 * 1024;

async function givenTrust({ ca, fingerprint }: TrustFlags, io: IO): Promise<Trust> {
  return {
    ...(ca !== undefined && { ca: await readAuthority(ca, io) }),
    ...(fingerprint !== undefined && { fingerprint: parseFingerprint(fingerprint) }),
  };
}

/** How a command connects. */
export type OpenOptions = {
  /** If there are several, they are servers of one room, used one at a time. */
  readonly addresses: AddressList;
  readonly credentials: Credentials;
  readonly flags: TrustFlags;
  /** Until the first answer of the server. */
  readonly timeoutMs: number;
  /** Until a message is acknowledged; by default the time for a large image. */
  readonly sendTimeoutMs?: number;
  readonly confirm: ConfirmCertificate | undefined;
  /** Called once for each server that sends something unreadable. */
  readonly onUnreadable?: (reason: ChatError) => void;
  /** Shows a warning; by default on stderr. */
  readonly warn?: (text: string) => void;
};

/** Asks the user whether to trust the fingerprint of an unknown certificate. */
export type ConfirmCertificate = (fingerprint: string, address: Address) => Promise<boolean>;

/** The default time until the first answer of a server. */
export const connectTimeoutMs = 10_000;

/** Of several servers, one that cannot be reached within this time is skipped. */
const readyTimeoutMs = 3000;

/** Decides which certificates to trust, and connects. A certificate that the user confirms is stored. */
export async function openConnection(options: OpenOptions, io: IO): Promise<Connection> {
  const { addresses, credentials, flags, timeoutMs, sendTimeoutMs, confirm, onUnreadable } = options;
  const { warn = (text: string) => io.stderr.write(`chat: ${sanitiseLine(text)}\n`) } = options;
  const [address, ...others] = addresses;
  const given = await givenTrust(flags, io);
  const store = openTrustStore(trustFile());
  const proxyTo = (one: Address) => proxyFor(one, io.env);
  const questions = { given, store, confirm, warn, proxyFor: proxyTo };
  const base: Omit<ConnectOptions, 'address' | 'trust'> = {
    credentials,
    connectTimeoutMs: timeoutMs,
    ...(sendTimeoutMs !== undefined && { sendTimeoutMs }),
    ...(onUnreadable && { onUnreadable }),
  };
  if (others.length === 0) {
    const trust = await resolveTrust({ ...questions, address, timeoutMs });
    return connect({ ...base, address, proxy: proxyTo(address), trust });
  }
  const trusted = await resolveTrustForAll({ ...questions, addresses, timeoutMs: readyTimeoutMs });
  const [first, ...rest] = trusted;
  const candidate = ({ address: one, trust }: TrustedAddress): Endpoint => ({
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

/** Asks a server for its health, without a login. Rejects if it cannot be reached or its certificate is not trusted. */
export async function askHealth(
  address: Address,
  flags: TrustFlags,
  io: IO,
  signal: AbortSignal,
): Promise<Health> {
  const proxyTo = (one: Address) => proxyFor(one, io.env);
  const trust = await resolveTrust({
    address,
    given: await givenTrust(flags, io),
    store: openTrustStore(trustFile()),
    confirm: undefined,
    warn: () => undefined,
    proxyFor: proxyTo,
    timeoutMs: connectTimeoutMs,
  });
  const options = { address, proxy: proxyTo(address), trust, connectTimeoutMs };
  return fetchHealth(options, signal);
}

/** Adds a hint to the failure to reach a server. */
export function withHint(thrown: unknown, [address, ...others]: AddressList): unknown {
  if (others.length > 0) return thrown;
  if (!(thrown instanceof ChatError) || thrown.code !== 'unreachable' || thrown.hint !== undefined)
    return thrown;
  if (thrown.message.endsWith('was not found')) {
    const hint = 'Check the spelling of the host name, and whether this machine can look it up.';
    return new ChatError('unreachable', thrown.message, { hint, cause: thrown });
  }
  // On this machine there is one likely reason.
  const [message, hint] = isLoopback(address.host)
    ? [`no server answers at ${address.text}`, 'Start one with: chat serve']
    : [thrown.message, 'Check the address, and whether chat serve runs there.'];
  return new ChatError('unreachable', message, { hint, cause: thrown });
}

/** Asks on the terminal whether to trust an unknown certificate; undefined if there is no terminal. */
export function confirmOnTerminal(io: IO): ConfirmCertificate | undefined {
  if (!io.stdin.isTTY) return undefined;
  return async (fingerprint, address) => {
    io.stderr.write(
      `The certificate of ${hostAndPort(address)} is not known yet. Its SHA-256 is\n  ${fingerprint}\n` +
        'Compare it with the one that chat serve printed.\n',
    );
    return /^y(es)?$/i.test(await askLine('Trust it from now on? [y/N] ', io));
  };
}

async function readAuthority(path: string, { cwd }: IO): Promise<string> {
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

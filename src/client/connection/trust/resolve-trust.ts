import { X509Certificate } from 'node:crypto';
import { ChatError } from '../../../shared/errors.js';
import { hostAndPort, type Address, type AddressList } from '../address.js';
import { probeCertificate } from '../transport/probe-certificate.js';
import type { Proxy } from '../transport/proxy.js';
import { type Trust, notTrusted } from '../transport/tls.js';
import type { TrustStore } from './trust-store.js';

/** What the decision whom to trust needs. */
export type TrustRequest = {
  readonly address: Address;
  /** What a connection to an address goes through; by default nothing. */
  readonly proxyFor?: (address: Address) => Proxy | undefined;
  /** What the command line says: it is taken as it is. */
  readonly given: Trust;
  readonly store: TrustStore;
  /** Shows a person the fingerprint of an unknown certificate; undefined where there is nobody to ask. */
  readonly confirm: ((fingerprint: string, address: Address) => Promise<boolean>) | undefined;
  readonly timeoutMs: number;
  /** Receives what a person should know, as a line. */
  readonly warn: (text: string) => void;
};

/**
 * Whom a connection to that address shall trust: what was given, else what was confirmed before, else the known
 * authorities, else what a person confirms now. Rejects with `certificate-untrusted` where that is nobody, with
 * `usage` where the given authorities are none. That a pinned certificate has changed shows when connecting.
 */
export async function resolveTrust(question: TrustRequest): Promise<Trust> {
  const { address, store, confirm, timeoutMs } = question;
  const known = await knownTrust(question);
  if (known) return known;
  const name = hostAndPort(address);
  const { fingerprint, isTrusted } = await probeCertificate(address, timeoutMs, question.proxyFor?.(address));
  if (isTrusted) return {};
  if (!confirm) throw notTrusted(name, fingerprint, 'it is not known here');
  if (!(await confirm(fingerprint, address))) {
    throw new ChatError('certificate-untrusted', `the certificate of ${name} was not accepted`);
  }
  await store.trust(name, fingerprint).catch((thrown: unknown) => {
    question.warn(`${name} is trusted this time only: ${ChatError.from(thrown).message}`);
  });
  return { fingerprint };
}

/**
 * What was given, or was confirmed before; undefined: neither. Rejects with `usage` where the given authorities are
 * none.
 */
async function knownTrust({
  address,
  given,
  store,
}: Pick<TrustRequest, 'address' | 'given' | 'store'>): Promise<Trust | undefined> {
  if (given.ca !== undefined) checkAuthorities(given.ca);
  if (!address.tls || given.ca !== undefined || given.fingerprint !== undefined) return given;
  const pinned = await store.find(hostAndPort(address));
  return pinned === undefined ? undefined : { fingerprint: pinned };
}

/** The question for several servers. `timeoutMs`: how long each may take to show its certificate. */
type TrustRequests = Omit<TrustRequest, 'address'> & { readonly addresses: AddressList };

/** Whom to trust at one address. */
export type TrustedAddress = { readonly address: Address; readonly trust: Trust };

/**
 * Whom to trust at each address, as `resolveTrust` says. A person is asked now about each server that can be
 * reached, one after the other. Those that cannot, and without a person all that are not known, are left to the known
 * authorities: an unknown certificate then ends the connection when that server's turn comes.
 */
export async function resolveTrustForAll(
  questions: TrustRequests,
): Promise<[TrustedAddress, ...TrustedAddress[]]> {
  const [first, ...others] = questions.addresses;
  const settled: [TrustedAddress, ...TrustedAddress[]] = [await settle(questions, first)];
  for (const address of others) settled.push(await settle(questions, address));
  return settled;
}

async function settle(questions: TrustRequests, address: Address): Promise<TrustedAddress> {
  const question = { ...questions, address };
  if (!questions.confirm) return { address, trust: (await knownTrust(question)) ?? {} };
  try {
    return { address, trust: await resolveTrust(question) };
  } catch (thrown) {
    const { code } = ChatError.from(thrown);
    if (code !== 'unreachable' && code !== 'timed-out') throw thrown;
    return { address, trust: {} };
  }
}

/** Throws `usage` unless the text begins with a certificate in PEM form. TLS would leave out what is none. */
function checkAuthorities(pem: string): void {
  try {
    new X509Certificate(pem);
  } catch (cause) {
    throw new ChatError('usage', 'the file with certificate authorities holds no certificate', {
      hint: 'It must hold PEM: -----BEGIN CERTIFICATE----- and so on.',
      cause,
    });
  }
}

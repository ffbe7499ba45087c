import { X509Certificate } from 'node:crypto';
import { ChatError } from '../../../shared/errors.js';
import { hostAndPort, type Address, type AddressList } from '../address.js';
import { probeCertificate } from '../transport/probe-certificate.js';
import type { Proxy } from '../transport/proxy.js';
import { type Trust, notTrusted } from '../transport/tls.js';
import type { TrustStore } from './trust-store.js';

/** What is needed to decide whether to trust a server. */
export type TrustRequest = {
  readonly address: Address;
  /** The proxy for an address; by default none. */
  readonly proxyFor?: (address: Address) => Proxy | undefined;
  /** From the command line; used unchecked. */
  readonly given: Trust;
  readonly store: TrustStore;
  /** Asks the user about the fingerprint of an unknown certificate; undefined if there is nobody to ask. */
  readonly confirm: ((fingerprint: string, address: Address) => Promise<boolean>) | undefined;
  readonly timeoutMs: number;
  /** Shows the user a line. */
  readonly warn: (text: string) => void;
};

/**
 * What to trust at an address: what was given, or what was confirmed before, or the known authorities, or
 * what the user confirms now. Rejects with `certificate-untrusted`, or with `usage` if the given authorities
 * are invalid. A pinned certificate that has changed is found when connecting.
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
 * What was given or confirmed before, if anything. Rejects with `usage` if the given authorities are invalid.
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

/** The same for several servers. `timeoutMs` applies to each. */
type TrustRequests = Omit<TrustRequest, 'address'> & { readonly addresses: AddressList };

/** One address and what to trust there. */
export type TrustedAddress = { readonly address: Address; readonly trust: Trust };

/**
 * Resolves trust for each address. The user is asked about each server that can be reached, one after the
 * other. For the others, and without a user for all unknown ones, only the known authorities are trusted: an
 * unknown certificate fails when that server is tried.
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

/** Throws `usage` unless the text begins with a PEM certificate. TLS would ignore invalid ones. */
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

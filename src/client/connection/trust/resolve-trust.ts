import { X509Certificate } from 'node:crypto';
import { ChatError } from '../../../shared/errors.js';
import { hostAndPort, type Address, type AddressList } from '../address.js';
import { probeCertificate } from '../transport/probe-certificate.js';
import type { Proxy } from '../transport/proxy.js';
import { type Trust, notTrusted } from '../transport/tls.js';
import type { TrustStore } from './trust-store.js';

/** The arguments of `resolveTrust`. */
export type TrustRequest = {
  readonly address: Address;
  readonly proxyFor?: (address: Address) => Proxy | undefined;
  /** From the command line; it takes precedence over all else. */
  readonly given: Trust;
  readonly store: TrustStore;
  /** Asks the user about an unknown certificate; undefined without an interactive user. */
  readonly confirm: ((fingerprint: string, address: Address) => Promise<boolean>) | undefined;
  readonly timeoutMs: number;
  readonly warn: (text: string) => void;
};

/** Precedence: given, confirmed before, known authorities, confirmed now. Rejects: `certificate-untrusted`, `usage`. */
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

/** `timeoutMs` applies to each server. */
type TrustRequests = Omit<TrustRequest, 'address'> & { readonly addresses: AddressList };

/** One address and what to trust there. */
export type TrustedAddress = { readonly address: Address; readonly trust: Trust };

/** Asks about one reachable server after another; other unknown certificates are rejected when they are used. */
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

/** Throws `usage`. Without this check TLS would ignore an invalid certificate. */
function checkAuthorities(pem: string): void {
  try {
    new X509Certificate(pem);
  } catch (cause) {
    throw new ChatError('usage', 'the file with certificate authorities contains no certificate', {
      hint: 'It must contain PEM: -----BEGIN CERTIFICATE----- and so on.',
      cause,
    });
  }
}

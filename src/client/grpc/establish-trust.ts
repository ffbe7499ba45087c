import { ChatError } from '../../shared/errors.js';
import { hostAndPort, type Address } from '../address.js';
import { checkAuthorities } from './check-authorities.js';
import type { Trust } from './open-tls.js';
import { probeCertificate } from './probe-certificate.js';
import type { Proxy } from './proxy.js';
import { notTrusted } from './tls-errors.js';
import type { TrustStore } from './trust-store.js';

/** What the decision whom to trust needs. */
export type TrustQuestion = {
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
export async function establishTrust(question: TrustQuestion): Promise<Trust> {
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
export async function knownTrust({
  address,
  given,
  store,
}: Pick<TrustQuestion, 'address' | 'given' | 'store'>): Promise<Trust | undefined> {
  if (given.ca !== undefined) checkAuthorities(given.ca);
  if (!address.tls || given.ca !== undefined || given.fingerprint !== undefined) return given;
  const pinned = await store.find(hostAndPort(address));
  return pinned === undefined ? undefined : { fingerprint: pinned };
}

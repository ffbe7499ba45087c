import { ChatError } from '../../shared/errors.js';
import type { Address } from '../address.js';
import type { AddressList } from '../address-list.js';
import { establishTrust, knownTrust, type TrustQuestion } from './establish-trust.js';
import type { Trust } from './open-tls.js';

/** The question for several servers. `timeoutMs`: how long each may take to show its certificate. */
export type TrustQuestions = Omit<TrustQuestion, 'address'> & { readonly addresses: AddressList };

/** Whom to trust at one address. */
export type TrustedAddress = { readonly address: Address; readonly trust: Trust };

/**
 * Whom to trust at each address, as `establishTrust` says. A person is asked now about each server that can be
 * reached, one after the other. Those that cannot, and without a person all that are not known, are left to the known
 * authorities: an unknown certificate then ends the connection when that server's turn comes.
 */
export async function establishTrustInEach(
  questions: TrustQuestions,
): Promise<[TrustedAddress, ...TrustedAddress[]]> {
  const [first, ...others] = questions.addresses;
  const settled: [TrustedAddress, ...TrustedAddress[]] = [await settle(questions, first)];
  for (const address of others) settled.push(await settle(questions, address));
  return settled;
}

async function settle(questions: TrustQuestions, address: Address): Promise<TrustedAddress> {
  const question = { ...questions, address };
  if (!questions.confirm) return { address, trust: (await knownTrust(question)) ?? {} };
  try {
    return { address, trust: await establishTrust(question) };
  } catch (thrown) {
    const { code } = ChatError.from(thrown);
    if (code !== 'unreachable' && code !== 'timed-out') throw thrown;
    return { address, trust: {} };
  }
}

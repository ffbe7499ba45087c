import { ChatError } from '../../shared/errors.js';

/** Why one server could not be used. */
export type ServerFailure = { readonly address: string; readonly reason: ChatError };

/** A reason of each server is shown up to this many characters. */
const longestReason = 100;

/** What all the failures of one walk over the list come to. */
export function noServerAnswers(failures: readonly ServerFailure[]): ChatError {
  const reasons = failures.map(({ address, reason: { message } }) => {
    const text = message.includes(address) ? message : `${address}: ${message}`;
    return text.slice(0, longestReason);
  });
  // The soonest time at which one of them is welcome again, if all named one.
  const waits = failures.map(({ reason }) => reason.retryAfterMs ?? 0);
  const retryAfterMs = Math.min(...waits);
  return new ChatError(commonCode(failures), `no server answers: ${reasons.join('; ')}`, {
    hint: 'Check the addresses, and that chat serve runs there.',
    ...(retryAfterMs > 0 && { retryAfterMs }),
    cause: failures.at(-1)?.reason,
  });
}

function commonCode(failures: readonly ServerFailure[]): ChatError['code'] {
  const codes = new Set(failures.map(({ reason }) => reason.code));
  const [code = 'unreachable'] = codes;
  return codes.size === 1 ? code : 'unreachable';
}

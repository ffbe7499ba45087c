import { ChatError } from '../../shared/errors.js';

/** An append is answered within this many milliseconds; a little less than the 5 s that are promised. */
export const appendTimeoutMs = 4500;

/** What may wait for a slow store, in bytes; more is refused. */
export const maxWaitingBytes = 256 * 1024 * 1024;

/** The answer to an append that the store did not take, or not in time. */
export function unwritable(cause: unknown): ChatError {
  return new ChatError('store-unavailable', 'the message store cannot be written at the moment', {
    hint: 'Try again later; the operator finds the reason in the log.',
    cause,
  });
}

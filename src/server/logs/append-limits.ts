import { ChatError } from '../../shared/errors.js';

/** An append is answered within this time; a little less than the 5 s that `MessageLog` promises. */
export const appendTimeoutMs = 4500;

/** The bytes that may wait for a slow store; appends beyond that are rejected. */
export const maxWaitingBytes = 256 * 1024 * 1024;

/** The `storageProblem` of a log that waits for a slow store. */
export const tooManyWaiting = 'too many messages are waiting';

/** `problem`: as `MessageLog.storageProblem`. */
export function unwritable(problem: string, cause?: unknown): ChatError {
  return new ChatError('store-unavailable', `the server cannot store messages: ${problem}`, {
    hint: 'Try again later; the operator finds the reason in the log.',
    cause,
  });
}

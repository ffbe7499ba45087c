import { ChatError } from '../../shared/errors.js';
import type { readLine } from '../input.js';

/** The password in a line that was read; `what` names the line in the error if there is none. */
export function passwordIn(read: Awaited<ReturnType<typeof readLine>>, what: string): string {
  if (read === 'too-long') throw new ChatError('usage', `${what} is too long for a password`);
  if (read === 'end' || read.line.length === 0) throw new ChatError('usage', `${what} holds no password`);
  return read.line.toString('utf8');
}

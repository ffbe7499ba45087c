import { ChatError } from '../../shared/errors.js';
import { decodeStrictText } from '../../shared/text.js';
import type { readLine } from '../input.js';

/** The password in a line that was read; `what` names the line in the error if there is none. */
export function passwordIn(read: Awaited<ReturnType<typeof readLine>>, what: string): string {
  if (read === 'too-long') throw new ChatError('usage', `${what} is too long for a password`);
  if (read === 'end' || read.line.length === 0) throw new ChatError('usage', `${what} holds no password`);
  const password = decodeStrictText(read.line);
  if (password === undefined) throw new ChatError('usage', `${what} is not UTF-8`);
  if (password.startsWith('\uFEFF')) {
    throw new ChatError('usage', `${what} begins with a byte-order mark`, {
      hint: 'Save it as UTF-8 without one.',
    });
  }
  return password;
}

import { withoutByteOrderMark } from '../../shared/byte-order-mark.js';
import { ChatError } from '../../shared/errors.js';
import { decodeStrictText } from '../../shared/text.js';
import type { readLine } from '../io/read-input.js';

/** The password in a line that was read; `what` names the line in the error if there is none. */
export function passwordIn(read: Awaited<ReturnType<typeof readLine>>, what: string): string {
  if (read === 'too-long') throw new ChatError('usage', `${what} is too long for a password`);
  if (read === 'end' || read.line.length === 0) throw new ChatError('usage', `${what} holds no password`);
  const password = withoutByteOrderMark(read.line);
  if (password.length === 0) throw new ChatError('usage', `${what} holds no password`);
  if (isUtf16(password)) {
    throw new ChatError('usage', `${what} is UTF-16`, { hint: 'Save it as UTF-8.' });
  }
  const text = decodeStrictText(password);
  if (text === undefined) throw new ChatError('usage', `${what} is not UTF-8`);
  return text;
}

/** Windows PowerShell writes UTF-16, with a mark of its own. */
function isUtf16([first, second]: Buffer): boolean {
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}

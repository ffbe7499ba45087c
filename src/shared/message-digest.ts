import { createHash } from 'node:crypto';
import type { Message } from './message.js';

/**
 * The SHA-256, in lower-case hexadecimal, of timestamp, type, author and id, each followed by a newline, and the content.
 * A cursor proves with it that the message at its sequence is still the one that was read.
 */
export function messageDigest({ timestamp, type, from, id, content }: Omit<Message, 'sequence'>): string {
  return createHash('sha256').update(`${timestamp}\n${type}\n${from}\n${id}\n`).update(content).digest('hex');
}

import { createHash } from 'node:crypto';
import type { Message } from './message.js';

/**
 * Identifies a message by what every reader of it has: the SHA-256, in lower-case hexadecimal, of the line
 * `timestamp type from id`, each part followed by a newline, and the content. A cursor proves with it that the
 * message under its sequence is still the one that was read.
 */
export function messageDigest({ timestamp, type, from, id, content }: Omit<Message, 'sequence'>): string {
  return createHash('sha256').update(`${timestamp}\n${type}\n${from}\n${id}\n`).update(content).digest('hex');
}

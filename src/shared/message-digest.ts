import { createHash } from 'node:crypto';
import type { Message } from './message.js';

/** The SHA-256 by which a cursor proves that its message is still the one that was read (docs/protocol.md). */
export function messageDigest({ timestamp, type, from, id, content }: Omit<Message, 'sequence'>): string {
  return createHash('sha256').update(`${timestamp}\n${type}\n${from}\n${id}\n`).update(content).digest('hex');
}

import { createHash, randomUUID } from 'node:crypto';
import { idName } from '../id-name.js';

/**
 * The id by which NATS tells duplicates: the same for one author's id, whichever server it is sent to. `last` is where
 * that id was used before, long enough ago that it may be used again; 0 if never. Without an id each message gets one
 * of its own, for the case that NATS's answer is lost.
 */
export function messageIdOf(author: string, id: string, last: number): string {
  if (id === '') return randomUUID();
  return createHash('sha256')
    .update(`${idName(author, id)}\u0000${last}`)
    .digest('base64url');
}

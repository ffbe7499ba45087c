import { ChatError } from '../../shared/errors.js';
import { WireReader } from '../../shared/wire-reader.js';

/** No message of ours has ten; what later versions add is skipped. */
const maxFields = 64;

/** `ChatMessage.detail`. */
const detailField = 7;

/**
 * Checks an encoded `ChatMessage` of a client before a decoder spends time on it. Throws `message-refused` if it has more
 * fields than any that is meant (4 MB of empty fields would take seconds), or a `detail`: nothing for another room may
 * appear in the lobby, and a client's detail is not to be trusted.
 */
export function checkMessageFields(message: Uint8Array): void {
  const reader = new WireReader(message);
  for (let fields = 0; !reader.isAtEnd; fields++) {
    if (fields === maxFields) throw new ChatError('message-refused', 'the message has too many fields');
    const tag = reader.tag();
    if (tag !== undefined && Math.floor(tag / 8) === detailField) {
      throw new ChatError(
        'message-refused',
        'sendMessage takes plain messages to the lobby, without a detail',
      );
    }
    if (tag === undefined || reader.skip(tag) === undefined) {
      throw new ChatError('message-refused', 'the request is not valid protobuf');
    }
  }
}

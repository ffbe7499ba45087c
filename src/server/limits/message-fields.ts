import { ChatError } from '../../shared/errors.js';
import { WireReader } from '../../shared/wire-reader.js';

/** The largest message has fewer than ten; later versions may add some. */
const maxFields = 64;

/** `ChatMessage.detail`. */
const detailField = 7;

/**
 * Throws `message-refused` for a message with too many fields (decoding 4 MB of empty ones would take seconds) or with a
 * `detail`, which may be for another room.
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

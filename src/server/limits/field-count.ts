import { ChatError } from '../../shared/errors.js';

/** The largest message has fewer than ten; later versions may add some. */
const maxFields = 64;
const minFieldBytes = 2;

const wire = { varint: 0, fixed64: 1, lengthDelimited: 2, fixed32: 5 } as const;

/** Throws `message-refused` for a message with too many fields: decoding 4 MB of empty ones would take seconds. */
export function checkFieldCount(message: Uint8Array): void {
  if (message.length <= maxFields * minFieldBytes) return;
  let position = 0;
  const skipVarint = (): number => {
    let value = 0;
    for (let shift = 0; position < message.length && shift < 70; shift += 7) {
      const byte = message[position++] ?? 0;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    return value;
  };
  for (let fields = 0; position < message.length; fields++) {
    if (fields === maxFields) throw new ChatError('message-refused', 'the message has too many fields');
    const type = skipVarint() % 8;
    if (type === wire.varint) skipVarint();
    else if (type === wire.fixed64) position += 8;
    else if (type === wire.lengthDelimited) {
      const lengthBytes = skipVarint();
      position += lengthBytes;
    } else if (type === wire.fixed32) position += 4;
    else throw new ChatError('message-refused', 'the request is not valid protobuf');
  }
}

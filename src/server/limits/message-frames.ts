/** A gRPC message begins with one byte of flags and its length in four. */
const prefixBytes = 5;

/** Follows the gRPC messages in the body of a request, without keeping any of it. */
export type MessageFrames = {
  /** Takes the next piece of the body. `onMessage` hears of each message as soon as its prefix is complete. */
  read(chunk: Uint8Array): void;
  /** Whether the body so far ends where a message ends. */
  isBetweenMessages(): boolean;
};

/** What the prefix of a message says. */
export type OnMessage = (compressed: boolean, lengthBytes: number) => void;

/** Starts at the beginning of a body. What `onMessage` throws ends the reading. */
export function createMessageFrames(onMessage: OnMessage): MessageFrames {
  let prefixRead = 0;
  let flags = 0;
  let length = 0;
  let remaining = 0;

  return {
    read(chunk) {
      let position = 0;
      if (remaining === 0 && prefixRead === 0 && chunk.length >= prefixBytes) {
        // Nearly always the message begins and ends in one piece.
        for (position = 1, length = 0; position < prefixBytes; position++)
          length = length * 256 + (chunk[position] ?? 0);
        remaining = length;
        onMessage(((chunk[0] ?? 0) & 1) === 1, length);
      }
      while (position < chunk.length) {
        if (remaining > 0) {
          const step = Math.min(remaining, chunk.length - position);
          remaining -= step;
          position += step;
          continue;
        }
        const byte = chunk[position++] ?? 0;
        if (prefixRead === 0) {
          flags = byte;
          length = 0;
        } else {
          length = length * 256 + byte;
        }
        if (++prefixRead < prefixBytes) continue;
        prefixRead = 0;
        remaining = length;
        onMessage((flags & 1) === 1, length);
      }
    },
    isBetweenMessages: () => prefixRead === 0 && remaining === 0,
  };
}

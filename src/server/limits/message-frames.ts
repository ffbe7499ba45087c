/** A gRPC message begins with one byte of flags and its length in four. */
const prefixBytes = 5;

/** What the prefix of a message says. */
export type OnMessage = (compressed: boolean, lengthBytes: number) => void;

/** Finds the gRPC messages in the body of a request, without keeping any of it. A class, since every call has one. */
export class MessageFrames {
  readonly #onMessage: OnMessage;
  #prefixRead = 0;
  #flags = 0;
  #lengthBytes = 0;
  #remainingBytes = 0;

  /** `onMessage` is called as soon as a prefix is complete; what it throws ends the reading. */
  constructor(onMessage: OnMessage) {
    this.#onMessage = onMessage;
  }

  /** Whether the body so far ends where a message ends. */
  isBetweenMessages(): boolean {
    return this.#prefixRead === 0 && this.#remainingBytes === 0;
  }

  /** Takes the next piece of the body. */
  read(chunk: Uint8Array): void {
    let position = 0;
    while (position < chunk.length) {
      if (this.#remainingBytes > 0) {
        const step = Math.min(this.#remainingBytes, chunk.length - position);
        this.#remainingBytes -= step;
        position += step;
        continue;
      }
      const byte = chunk[position++] ?? 0;
      if (this.#prefixRead === 0) {
        this.#flags = byte;
        this.#lengthBytes = 0;
      } else {
        this.#lengthBytes = this.#lengthBytes * 256 + byte;
      }
      if (++this.#prefixRead < prefixBytes) continue;
      this.#prefixRead = 0;
      this.#remainingBytes = this.#lengthBytes;
      this.#onMessage((this.#flags & 1) === 1, this.#lengthBytes);
    }
  }
}

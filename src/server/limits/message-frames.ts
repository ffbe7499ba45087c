/** A gRPC message starts with one byte of flags and four bytes of length. */
const prefixBytes = 5;

type OnMessage = (compressed: boolean, lengthBytes: number) => void;

/** Finds the gRPC messages in the body of a request without storing it. */
export class MessageFrames {
  readonly #onMessage: OnMessage;
  #prefixRead = 0;
  #flags = 0;
  #lengthBytes = 0;
  #remainingBytes = 0;

  constructor(onMessage: OnMessage) {
    this.#onMessage = onMessage;
  }

  isBetweenMessages(): boolean {
    return this.#prefixRead === 0 && this.#remainingBytes === 0;
  }

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

/**
 * How to speak with a server under measurement. Each message's payload begins with the time at which it was sent, so
 * the receiver knows how long it took: `stamped` and `age`.
 */
export type Wire = {
  /** Resolves when everything that is published from now on arrives. */
  subscribe(port: number, listener: Listener): Promise<void>;
  createPublisher(port: number): Promise<Publisher>;
};

/** What a subscriber wants to hear of. Counting is cheap enough for millions a second; looking at each is not. */
export type Listener =
  { readonly onCount: (messages: number) => void } | { readonly onPayload: (payload: Buffer) => void };

/** A connection that publishes. */
export type Publisher = {
  /** Resolves when the server has answered; where its protocol has no answer, when the socket has taken it. */
  publish(payload: Buffer): Promise<void>;
  /** How many may be under way at once. */
  readonly atOnce: number;
  close(): void;
};

const stampLength = 16;

/** A text of so many bytes that begins with the present moment of the machine's monotonic clock, in nanoseconds. */
export function stamped(length: number): Buffer {
  return Buffer.from(String(process.hrtime.bigint()).padStart(stampLength, '0').padEnd(length, 'x'));
}

/** How many milliseconds ago the payload was stamped, on this machine; undefined if it was not. */
export function age(payload: Buffer): number | undefined {
  const stamp = payload.toString('latin1', 0, stampLength);
  return /^\d{16}$/.test(stamp) ? Number(process.hrtime.bigint() - BigInt(stamp)) / 1e6 : undefined;
}

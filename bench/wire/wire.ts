/** The protocol of a server under measurement. Each payload begins with its send time: see `stamped` and `age`. */
export type Wire = {
  /** Resolves when the subscription is active. It gets all rooms of the user; without one, the messages of the lobby. */
  subscribe(port: number, listener: Listener, user?: string): Promise<void>;
  createPublisher(port: number): Promise<Publisher>;
};

/** What a subscriber is notified of. Counting is cheap enough for millions a second; reading each payload is not. */
export type Listener =
  { readonly onCount: (messages: number) => void } | { readonly onPayload: (payload: Buffer) => void };

/** A connection that publishes. */
export type Publisher = {
  /** Resolves when the server has answered or, if its protocol has no answer, when the socket has accepted it. */
  publish(payload: Buffer): Promise<void>;
  /** The number of messages that it can have in flight. */
  readonly inFlight: number;
  close(): void;
};

const stampLength = 16;

/** A text of `length` bytes that begins with the current monotonic time in nanoseconds. */
export function stamped(length: number): Buffer {
  return Buffer.from(String(process.hrtime.bigint()).padStart(stampLength, '0').padEnd(length, 'x'));
}

/** The milliseconds since the payload was stamped on this machine; undefined without a stamp. */
export function age(payload: Buffer): number | undefined {
  const stamp = payload.toString('latin1', 0, stampLength);
  return /^\d{16}$/.test(stamp) ? Number(process.hrtime.bigint() - BigInt(stamp)) / 1e6 : undefined;
}

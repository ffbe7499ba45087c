/** `ChatMessage.ContentType`. Other servers may send any other number. */
export const contentType = { unknown: 0, text: 1, image: 2 } as const;

/** A decoded message. Nothing in it has been checked. */
export type Message = {
  /** From 1; 0 if the server has no log (a Qt reference server). */
  sequence: number;
  /** The idempotency key; empty if the sender chose none. */
  id: string;
  /** The author's account name, set by the server. */
  from: string;
  /** Milliseconds since 1970. */
  timestamp: number;
  type: number;
  /** UTF-8 text or the bytes of a PNG. */
  content: Uint8Array;
};

/** A message as a client sends it: the server adds author and sequence. */
export type Draft = Pick<Message, 'id' | 'timestamp' | 'type' | 'content'>;

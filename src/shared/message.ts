/** The wire's content types (`ChatMessage.ContentType`). Other servers may send any other number. */
export const contentType = { unknown: 0, text: 1, image: 2 } as const;

/** A message as it is on the wire, in plain values. Nothing in it has been checked. */
export type Message = {
  /** The place in the server's log, from 1; 0 where the server has none (a Qt reference server). */
  sequence: number;
  /** Chosen by the sender; empty where it chose none. */
  id: string;
  /** The author's account name, set by the server. */
  from: string;
  /** Milliseconds since 1970. */
  timestamp: number;
  /** One of `contentType`, or whatever another server let through. */
  type: number;
  /** UTF-8 text or the bytes of a PNG. */
  content: Uint8Array;
};

/** What a user wrote and a client sends: the server adds author and sequence. */
export type Draft = Pick<Message, 'id' | 'timestamp' | 'type' | 'content'>;

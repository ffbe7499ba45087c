/** `ChatMessage.ContentType`. Other servers may send any other number. */
export const contentType = { unknown: 0, text: 1, image: 2 } as const;

/** `chat.v1.Kind`: what an entry of the log is. */
export const messageKind = { message: 0, edit: 1, delete: 2, react: 3, room: 4, member: 5 } as const;

export const lobby = 0;

/** The room of an entry, and one of `messageKind`. */
export type Placement = { readonly room: number; readonly kind: number };

/** Of a message without a `detail`. */
export const plainPlacement: Placement = { room: lobby, kind: messageKind.message };

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
  /** Absent for a plain message of the lobby. */
  detail?: Placement;
};

/** A message as a client sends it: the server adds author and sequence. */
export type Draft = Pick<Message, 'id' | 'timestamp' | 'type' | 'content'>;

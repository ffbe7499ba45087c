import type { Draft, Message } from '../shared/message.js';

/** How to log in. */
export type Credentials = { readonly user: string; readonly password: string };

/** What a subscription's first answer tells. A server that is not ours sends none of it. */
export type Opened = {
  readonly type: 'opened';
  /** The log's identity: cursors and ids mean something only with it. */
  readonly logId: string | undefined;
  /** The newest sequence at that moment. */
  readonly head: number | undefined;
  /** True: only what came after the cursor follows. Otherwise a history follows and the list starts anew. */
  readonly resumed: boolean;
  /** The server's content limits in bytes. */
  readonly maxText: number | undefined;
  readonly maxImage: number | undefined;
};

/** One batch. The first one of a subscription may be empty: then there was nothing to say yet. */
export type Batch = { readonly type: 'messages'; readonly messages: readonly Message[] };

/** What a subscription yields: `opened` once, then batches. */
export type SubscriptionEvent = Opened | Batch;

/** Where to go on reading. */
export type Cursor = { readonly logId: string; readonly after: number };

/** What a server answered to a message: the sequence where it gives one. */
export type Sent = { readonly sequence: number | undefined };

/** The port to a server. Everything rejects with a `ChatError`. */
export type Connection = {
  /**
   * Yields until the signal aborts (then it returns) or the stream ends (then it throws: a live stream never
   * ends well). With a cursor it resumes where the server can.
   */
  subscribe(cursor: Cursor | undefined, signal: AbortSignal): AsyncIterable<SubscriptionEvent>;
  /** Resolves when the server says that the message is durable. */
  send(draft: Draft, signal: AbortSignal): Promise<Sent>;
  close(): void;
};

import type { Draft, Message } from '../../shared/message.js';

/** How to log in. */
export type Credentials = { readonly user: string; readonly password: string };

/** What a subscription's first answer tells. A server that is not ours sends none of it. */
export type Opened = {
  readonly type: 'opened';
  /** The log's identity: cursors and ids mean something only with it. */
  readonly logId: string | undefined;
  /** The newest sequence at that moment. */
  readonly head: number | undefined;
  /** The digest of the message at `head`, where the server gives one. */
  readonly headDigest?: string | undefined;
  /** True: only what came after the cursor follows. Otherwise a history follows and the list starts anew. */
  readonly resumed: boolean;
  /** The server's content limits in bytes. */
  readonly maxText: number | undefined;
  readonly maxImage: number | undefined;
  /** Where the room has several servers: which one answered. */
  readonly server?: ServerInUse;
};

/** One server of several. */
export type ServerInUse = {
  /** As it was given. */
  readonly address: string;
  /** How many more there are to turn to. */
  readonly others: number;
};

/** What could not be read of a batch. */
export type Damage = {
  /** How many messages were left out. */
  readonly unreadable: number;
  /** The rest of the batch is lost. The stream ends, so that it can be asked for again. */
  readonly isCutShort: boolean;
};

/** One batch. The first one of a subscription may be empty and undamaged: then there was nothing to say yet. */
type Batch = {
  readonly type: 'messages';
  readonly messages: readonly Message[];
  readonly damage?: Damage;
};

/** What a subscription yields: `opened` once, then batches. */
export type SubscriptionEvent = Opened | Batch;

/** Where to go on reading. */
export type Cursor = {
  readonly logId: string;
  readonly after: number;
  /** The digest (`messageDigest`) of the message at `after`: so the server knows whether it has the same one there. */
  readonly digest?: string | undefined;
};

/** What a server answered to a message: the sequence where it gives one. */
export type Sent = { readonly sequence: number | undefined };

/** The port to a server. Everything rejects with a `ChatError`; after an abort with `cancelled`. */
export type Connection = {
  /**
   * Yields until the signal aborts (then it returns) or the stream ends (then it throws: a live stream never
   * ends well). With a cursor it resumes where the server can.
   */
  subscribe(cursor: Cursor | undefined, signal: AbortSignal): AsyncIterable<SubscriptionEvent>;
  /**
   * Resolves when the server says that the message is durable. `unreachable`: it surely was not sent.
   * `may-not-have-arrived`: the answer was lost, or the server could not tell, or the signal aborted while the
   * message was on its way.
   */
  send(draft: Draft, signal: AbortSignal): Promise<Sent>;
  /**
   * A page of messages before the sequence `before` (exclusive; 0: from the newest), newest first, perhaps
   * shorter than `limit`. `unsupported` where the server has no extensions.
   */
  history(before: number, limit: number, signal: AbortSignal): Promise<readonly Message[]>;
  /** Texts that contain `text` in any case, newest first, as they are found. `unsupported` as above. */
  search(text: string, before: number, limit: number, signal: AbortSignal): AsyncIterable<Message>;
  /** The names now connected: all of them at once and again at each change. `unsupported` as above. */
  usersOnline(signal: AbortSignal): AsyncIterable<readonly string[]>;
  /** The log of the server that the last call went to, as far as it has named it. */
  readonly logId: string | undefined;
  close(): void;
};

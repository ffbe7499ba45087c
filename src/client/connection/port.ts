import type { Online } from '../../shared/extension-codec.js';
import type { Draft, Message } from '../../shared/message.js';

/** How to log in. */
export type Credentials = { readonly user: string; readonly password: string };

/** The first answer to a subscription. A server of another kind leaves all fields undefined. */
export type Opened = {
  readonly type: 'opened';
  /** The identity of the log: cursors and ids are valid only with it. */
  readonly logId: string | undefined;
  /** The newest sequence at the start of the subscription. */
  readonly head: number | undefined;
  /** The digest of the message at `head`, if the server sends one. */
  readonly headDigest?: string | undefined;
  /** True: only messages after the cursor follow. False: a history follows, and the list starts over. */
  readonly resumed: boolean;
  /** The server's content limits in bytes. */
  readonly maxTextBytes: number | undefined;
  readonly maxImageBytes: number | undefined;
  /** Which server answered, if the room has several. */
  readonly server?: ServerInUse;
};

/** The current one of several servers. */
export type ServerInUse = {
  /** As it was given. */
  readonly address: string;
  /** How many other servers there are. */
  readonly others: number;
};

/** What could not be read of a batch. */
export type Damage = {
  /** How many messages were skipped. */
  readonly unreadable: number;
  /** The rest of the batch is lost. The stream ends, so that it can be requested again. */
  readonly isCutShort: boolean;
};

/** The first batch of a subscription may be empty: then there is no history. */
type Batch = {
  readonly type: 'messages';
  readonly messages: readonly Message[];
  readonly damage?: Damage;
};

/** `opened` once, then batches. */
export type SubscriptionEvent = Opened | Batch;

/** Where to resume reading. */
export type Cursor = {
  readonly logId: string;
  readonly after: number;
  /** The `messageDigest` of the message at `after`, so that the server can check that it has the same one. */
  readonly digest?: string | undefined;
};

/** The answer to a sent message. `sequence`: if the server reports it. */
export type Sent = { readonly sequence: number | undefined };

/** The port to a server. Everything rejects with a `ChatError`, after an abort with `cancelled`. */
export type Connection = {
  /**
   * Yields until the signal aborts (then it returns) or the stream ends (then it throws). With a cursor it
   * resumes if the server can.
   */
  subscribe(cursor: Cursor | undefined, signal: AbortSignal): AsyncIterable<SubscriptionEvent>;
  /**
   * Resolves when the message is durable. `unreachable`: it was certainly not sent. `may-not-have-arrived`:
   * the outcome is unknown.
   */
  send(draft: Draft, signal: AbortSignal): Promise<Sent>;
  /**
   * Messages before the sequence `before` (exclusive; 0: from the newest), newest first, possibly fewer than
   * `limit`. Throws `unsupported` if the server has no extensions.
   */
  history(before: number, limit: number, signal: AbortSignal): Promise<readonly Message[]>;
  /** Texts that contain `text` in any case, newest first, as they are found. `unsupported` as above. */
  search(text: string, before: number, limit: number, signal: AbortSignal): AsyncIterable<Message>;
  /** Who is online, and whether messages can be stored, complete after each change. `unsupported` as above. */
  usersOnline(signal: AbortSignal): AsyncIterable<Online>;
  /** The log of the server that the last call used, if known. */
  readonly logId: string | undefined;
  close(): void;
};

import type { ChatError } from '../../shared/errors.js';
import type { Draft, Message } from '../../shared/message.js';
import type { Damage, Online, Opened, Sent } from '../connection/port.js';
import type { Timer } from './effects.js';

/** A request of the user. */
export type Command =
  /** The draft's id becomes the key of the item. */
  | { readonly type: 'submit'; readonly draft: Draft }
  /** Without a key, all failed messages. */
  | { readonly type: 'resend'; readonly key?: string }
  /** For a failed message. */
  | { readonly type: 'discard'; readonly key: string }
  /** Instead of waiting for the next attempt, or after a refusal. */
  | { readonly type: 'reconnect' }
  | { readonly type: 'load-previous-page' }
  /** Loads the messages after a sequence; 0: the oldest ones. */
  | { readonly type: 'load-place'; readonly after: number }
  /** The page below the excerpt. */
  | { readonly type: 'load-next-page' }
  /** Leaves the excerpt, and drops previous pages beyond the normal window, once they are out of view. */
  | { readonly type: 'forget-previous-pages' }
  /** Leaves the server, or stops trying to reach it, until `reconnect`. */
  | { readonly type: 'disconnect' }
  | { readonly type: 'close' };

/** The outcome of an effect. */
export type Report =
  | { readonly type: 'opened'; readonly opened: Opened }
  | { readonly type: 'received'; readonly messages: readonly Message[]; readonly damage?: Damage }
  | { readonly type: 'lost'; readonly reason: ChatError }
  | { readonly type: 'sent'; readonly id: string; readonly sent: Sent }
  | { readonly type: 'send-failed'; readonly id: string; readonly reason: ChatError }
  | { readonly type: 'waited'; readonly timer: Timer }
  /** Newest first. `before` and `after` are those of the request. */
  | { readonly type: 'previous-page'; readonly before: number; readonly messages: readonly Message[] }
  | { readonly type: 'previous-page-failed'; readonly before: number; readonly reason: ChatError }
  /** Oldest first. */
  | { readonly type: 'next-page'; readonly after: number; readonly messages: readonly Message[] }
  | { readonly type: 'next-page-failed'; readonly after: number; readonly reason: ChatError }
  | ({ readonly type: 'online' } & Online)
  | { readonly type: 'online-lost'; readonly reason: ChatError };

/** The events that change a session. */
export type SessionEvent = Command | Report;

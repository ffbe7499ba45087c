import type { ChatError } from '../../shared/errors.js';
import type { Online } from '../../shared/extension-codec.js';
import type { Draft, Message } from '../../shared/message.js';
import type { Damage, Opened, Sent } from '../connection/port.js';
import type { Timer } from './effects.js';

/** A request of the user. */
export type Command =
  /** Adds a message to the outbox. The draft's id becomes the item's key. */
  | { readonly type: 'submit'; readonly draft: Draft }
  /** Sends a failed message again, with its old id; without a key: all of them. */
  | { readonly type: 'resend'; readonly key?: string }
  /** Takes a failed message out of the list. */
  | { readonly type: 'discard'; readonly key: string }
  /** Connects now: instead of waiting for the next attempt, or again after a refusal. */
  | { readonly type: 'reconnect' }
  /** Fetches the page before the oldest loaded message. */
  | { readonly type: 'load-previous-page' }
  /** Drops previous pages beyond the usual size of the timeline, once they are out of view. */
  | { readonly type: 'forget-previous-pages' }
  /** Leaves the server, or stops trying to reach it, until `reconnect`. */
  | { readonly type: 'disconnect' }
  /** Ends the session. */
  | { readonly type: 'close' };

/** The outcome of an effect. */
export type Report =
  | { readonly type: 'opened'; readonly opened: Opened }
  | { readonly type: 'received'; readonly messages: readonly Message[]; readonly damage?: Damage }
  /** The subscription ended. */
  | { readonly type: 'lost'; readonly reason: ChatError }
  | { readonly type: 'sent'; readonly id: string; readonly sent: Sent }
  | { readonly type: 'send-failed'; readonly id: string; readonly reason: ChatError }
  | { readonly type: 'waited'; readonly timer: Timer }
  /** A page, newest first. */
  | { readonly type: 'previous-page'; readonly messages: readonly Message[] }
  | { readonly type: 'previous-page-failed'; readonly reason: ChatError }
  | ({ readonly type: 'online' } & Online)
  | { readonly type: 'online-lost'; readonly reason: ChatError };

/** Everything that changes a session. */
export type SessionEvent = Command | Report;

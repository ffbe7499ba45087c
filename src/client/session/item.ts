import type { ChatError } from '../../shared/errors.js';
import type { Message } from '../../shared/message.js';

/** What became of a message. Everything that others wrote is delivered. */
export type Delivery =
  | { readonly type: 'sending' }
  | { readonly type: 'delivered' }
  | { readonly type: 'failed'; readonly reason: ChatError };

/** One message in the list. */
export type Item = {
  /** Stays the same while the message is in the list, also when an own one moves to its place in the log. */
  readonly key: string;
  readonly message: Message;
  readonly mine: boolean;
  readonly delivery: Delivery;
  /** True if it came with the history that a list began with, or with an older page. */
  readonly replay: boolean;
  /**
   * An image's number for people: its sequence, or a count of this session where the server has none.
   * Undefined for texts and for what was not yet seen in the log.
   */
  readonly imageNumber: number | undefined;
};

/** Delivered, as one shared value. */
export const delivered: Delivery = { type: 'delivered' };

/** Sending, as one shared value. */
export const sending: Delivery = { type: 'sending' };

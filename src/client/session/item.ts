import type { ChatError } from '../../shared/errors.js';
import type { Message } from '../../shared/message.js';

/** The delivery state of a message. Messages of others are always delivered. */
export type Delivery =
  | { readonly type: 'sending' }
  | { readonly type: 'delivered' }
  | { readonly type: 'failed'; readonly reason: ChatError };

/** One message of the timeline or the outbox. */
export type Item = {
  /** Stable, even when an own message moves from the outbox to the timeline. */
  readonly key: string;
  readonly message: Message;
  readonly mine: boolean;
  readonly delivery: Delivery;
  /** Part of the initial history or of a previous page. */
  readonly replay: boolean;
  /** The sequence, or a count if the server has none. Undefined for texts and in the outbox. */
  readonly imageNumber: number | undefined;
};

export const delivered: Delivery = { type: 'delivered' };

export const sending: Delivery = { type: 'sending' };

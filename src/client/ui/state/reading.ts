import type { SearchHit } from './mode.js';

/**
 * The visible part of the list: the newest rows, or those that start at a row of a message. Anchored to a message, so
 * that neither new messages nor a resize move what is being read.
 */
export type Viewport =
  { readonly type: 'newest' } | { readonly type: 'anchored'; readonly key: string; readonly row: number };

/** What the user sees of the list, and has seen. Messages are named by their keys. */
export type Reading = {
  readonly viewport: Viewport;
  /** The newest message when the view was scrolled up. */
  readonly lastSeenKey: string | undefined;
  /** The message below the unread line. */
  readonly unreadKey: string | undefined;
  /** How many messages of others are below the unread line. */
  readonly unreadCount: number;
  /** When the newest messages count as read, in monotonic time. */
  readonly readAtMs: number | undefined;
  /** The message that was last jumped to. */
  readonly highlightedKey: string | undefined;
  /** The search hit to jump to once it is loaded. */
  readonly pendingJump: SearchHit | undefined;
};

export const newest: Viewport = { type: 'newest' };

export const initialReading: Reading = {
  viewport: newest,
  lastSeenKey: undefined,
  unreadKey: undefined,
  unreadCount: 0,
  readAtMs: undefined,
  highlightedKey: undefined,
  pendingJump: undefined,
};

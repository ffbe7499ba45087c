import type { SearchHit } from './mode.js';

/** The visible rows. Anchored to a message, so that new messages and resizing do not move the text. */
export type Viewport =
  { readonly type: 'newest' } | { readonly type: 'anchored'; readonly key: string; readonly row: number };

/** What the user sees of the list, and has seen. Messages are named by their keys. */
export type Reading = {
  readonly viewport: Viewport;
  /** The newest message when the view was scrolled up. */
  readonly lastSeenKey: string | undefined;
  readonly unreadKey: string | undefined;
  /** Of the message at `unreadKey`; 0 if it has none. */
  readonly unreadSequence: number;
  readonly unreadCount: number;
  readonly readAtMs: number | undefined;
  readonly highlightedKey: string | undefined;
  /** A message to scroll to once it is loaded. */
  readonly pendingJump: PendingJump | undefined;
  /** Where the last run stopped reading, until the unread messages after it are found. */
  readonly resumeAfter: number | undefined;
};

/** `isClose`: the messages directly before it were requested, because those from further above did not reach it. */
export type PendingJump = 'oldest' | (Pick<SearchHit, 'sequence' | 'key'> & { readonly isClose?: boolean });

export const newest: Viewport = { type: 'newest' };

export const initialReading: Reading = {
  viewport: newest,
  lastSeenKey: undefined,
  unreadKey: undefined,
  unreadSequence: 0,
  unreadCount: 0,
  readAtMs: undefined,
  highlightedKey: undefined,
  pendingJump: undefined,
  resumeAfter: undefined,
};

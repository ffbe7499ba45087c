import type { ChatError } from '../../shared/errors.js';
import { defaultLimits, type ContentLimits } from '../../shared/message-rules.js';
import type { ServerInUse } from '../connection/port.js';
import type { Item } from './item.js';
import type { PagedList } from './paged-list.js';
import { emptyOutbox, type Outbox } from './outbox.js';
import { emptyTimeline, type Timeline } from './timeline.js';

/** The state of the connection. */
export type Phase =
  | { readonly type: 'connecting' }
  /** `since`: monotonic milliseconds; `attempts`: how many it took to reconnect. */
  | { readonly type: 'live'; readonly since: number; readonly attempts: number }
  | {
      readonly type: 'reconnecting';
      readonly attempt: number;
      /** When it starts, in monotonic milliseconds; undefined while it is running. */
      readonly retryAt: number | undefined;
      readonly reason: ChatError;
    }
  /** No further attempt without the user: wrong login, untrusted certificate, not a chat server, `disconnect`. */
  | { readonly type: 'refused'; readonly reason: ChatError }
  | { readonly type: 'closed' };

/** The page above or below what is loaded. */
type Page =
  | { readonly type: 'more' }
  /** The exclusive sequence of the request. */
  | { readonly type: 'loading'; readonly position: number }
  | { readonly type: 'none' }
  /** The list has reached its limits; `forget-previous-pages` shortens it. */
  | { readonly type: 'full' }
  | { readonly type: 'failed'; readonly reason: ChatError };

/**
 * An older part of the log that is read instead of the timeline, because the messages in between are not loaded. Pages are
 * added at both ends; once it reaches the timeline, it is joined to it.
 */
export type Excerpt = {
  /** Oldest first, never empty; within the limits of `timelineWindow`. */
  readonly items: PagedList<Item>;
  readonly previousPage: Page;
  readonly nextPage: Page;
};

/** A request for an excerpt. `after`: the sequence above it. */
type Place =
  | { readonly type: 'idle' }
  | { readonly type: 'loading'; readonly after: number }
  | { readonly type: 'failed'; readonly reason: ChatError };

/** The state of a session. */
export type SessionState = {
  readonly user: string;
  readonly phase: Phase;
  readonly server: ServerInUse | undefined;
  /** Undefined for a server without a log (a Qt reference server). */
  readonly logId: string | undefined;
  readonly head: number | undefined;
  readonly headDigest: string | undefined;
  readonly limits: ContentLimits;
  readonly timeline: Timeline;
  readonly outbox: Outbox;
  readonly previousPage: Page;
  readonly excerpt: Excerpt | undefined;
  readonly place: Place;
  readonly online: readonly string[] | undefined;
  /** Why the server cannot store messages at the moment, as it says itself. */
  readonly storageProblem: string | undefined;
  /** History, search and presence; undefined if unknown. */
  readonly extensions: boolean | undefined;
};

/** The state before the first connection. */
export function initialState(user: string): SessionState {
  return {
    user,
    phase: { type: 'connecting' },
    server: undefined,
    logId: undefined,
    head: undefined,
    headDigest: undefined,
    limits: defaultLimits,
    timeline: emptyTimeline,
    outbox: emptyOutbox,
    previousPage: { type: 'more' },
    excerpt: undefined,
    place: { type: 'idle' },
    online: undefined,
    storageProblem: undefined,
    extensions: undefined,
  };
}

export function itemCount({ timeline, outbox }: SessionState): number {
  return timeline.items.length + outbox.entries.length;
}

export function itemAt({ timeline, outbox }: SessionState, index: number): Item | undefined {
  const received = timeline.items.length;
  return index < received ? timeline.items.at(index) : outbox.entries[index - received]?.item;
}

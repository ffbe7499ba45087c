import type { ChatError } from '../../shared/errors.js';
import { defaultLimits, type ContentLimits } from '../../shared/message-rules.js';
import type { ServerInUse } from '../connection/port.js';
import type { Item } from './item.js';
import { emptyOutbox, type Outbox } from './outbox.js';
import { emptyTimeline, type Timeline } from './timeline.js';

/** How the session stands with its server. Always shown, always true. */
export type Phase =
  | { readonly type: 'connecting' }
  /** The server has answered. `since`: monotonic milliseconds; `attempts`: how many it took after a loss. */
  | { readonly type: 'live'; readonly since: number; readonly attempts: number }
  | {
      readonly type: 'reconnecting';
      /** From 1. */
      readonly attempt: number;
      /** When it is tried, in monotonic milliseconds; undefined while it is being tried. */
      readonly retryAt: number | undefined;
      readonly reason: ChatError;
    }
  /** Trying again would not help: wrong login, untrusted certificate, not a chat server. */
  | { readonly type: 'refused'; readonly reason: ChatError }
  | { readonly type: 'closed' };

/** Fetching the pages above the list. */
type Older =
  /** Not known yet, or there may be more. */
  | { readonly type: 'more' }
  | { readonly type: 'loading' }
  /** The list begins at the beginning, as far as the server keeps it. */
  | { readonly type: 'none' }
  /** The list holds as much as it may; `forget-older` makes room. */
  | { readonly type: 'full' }
  | { readonly type: 'failed'; readonly reason: ChatError };

/** Everything a screen shows, apart from what is being typed. */
export type SessionState = {
  readonly user: string;
  readonly phase: Phase;
  /** The server that answered last, where the room has several. */
  readonly server: ServerInUse | undefined;
  /** The identity of the server's log; undefined where it has none (a Qt reference server). */
  readonly logId: string | undefined;
  /** The newest sequence when the subscription began. */
  readonly head: number | undefined;
  /** The digest of the message there, where the server gave one. */
  readonly headDigest: string | undefined;
  /** The server's limits, or our own where it names none. */
  readonly limits: ContentLimits;
  /** What the server's log said, in its order. */
  readonly timeline: Timeline;
  /** Own messages not yet seen in the log, in the order typed. They stand below the timeline. */
  readonly outbox: Outbox;
  readonly older: Older;
  /** The names now connected; undefined where that is not known. */
  readonly online: readonly string[] | undefined;
  /** Whether the server has history, search and presence; undefined until it is known. */
  readonly extensions: boolean | undefined;
};

/** A session that has not yet reached its server. */
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
    older: { type: 'more' },
    online: undefined,
    extensions: undefined,
  };
}

/** How many items the list shows: the timeline, then the outbox. */
export function itemCount({ timeline, outbox }: SessionState): number {
  return timeline.items.length + outbox.entries.length;
}

/** The shown item at an index from 0, oldest first; undefined outside the list. */
export function itemAt({ timeline, outbox }: SessionState, index: number): Item | undefined {
  const received = timeline.items.length;
  return index < received ? timeline.items.at(index) : outbox.entries[index - received]?.item;
}

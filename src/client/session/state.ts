import type { ChatError } from '../../shared/errors.js';
import { defaultLimits, type ContentLimits } from '../../shared/message-rules.js';
import type { ServerInUse } from '../connection/port.js';
import type { Item } from './item.js';
import { emptyOutbox, type Outbox } from './outbox.js';
import { emptyTimeline, type Timeline } from './timeline.js';

/** The state of the connection, as it is shown to the user. */
export type Phase =
  | { readonly type: 'connecting' }
  /** The server has answered. `since`: monotonic milliseconds; `attempts`: how many it took after a loss. */
  | { readonly type: 'live'; readonly since: number; readonly attempts: number }
  | {
      readonly type: 'reconnecting';
      /** From 1. */
      readonly attempt: number;
      /** When it starts, in monotonic milliseconds; undefined while it is running. */
      readonly retryAt: number | undefined;
      readonly reason: ChatError;
    }
  /** No further attempt without the user: wrong login, untrusted certificate, not a chat server, `disconnect`. */
  | { readonly type: 'refused'; readonly reason: ChatError }
  | { readonly type: 'closed' };

/** Loading previous pages. */
type PreviousPage =
  /** Unknown, or there may be more. */
  | { readonly type: 'more' }
  | { readonly type: 'loading' }
  /** The list begins at the beginning, as far as the server keeps it. */
  | { readonly type: 'none' }
  /** The list holds as much as it may; `forget-previous-pages` makes room. */
  | { readonly type: 'full' }
  | { readonly type: 'failed'; readonly reason: ChatError };

/** Everything that a screen shows, except the draft. */
export type SessionState = {
  readonly user: string;
  readonly phase: Phase;
  /** The server that answered last, if the room has several. */
  readonly server: ServerInUse | undefined;
  /** The identity of the server's log; undefined if it has none (a Qt reference server). */
  readonly logId: string | undefined;
  readonly head: number | undefined;
  /** The digest of the message at `head`, if the server sent one. */
  readonly headDigest: string | undefined;
  /** The server's limits, or the defaults. */
  readonly limits: ContentLimits;
  /** The messages from the server's log. */
  readonly timeline: Timeline;
  /** Own messages that are not in the log yet. They are shown below the timeline. */
  readonly outbox: Outbox;
  readonly previousPage: PreviousPage;
  /** The users online; undefined if unknown. */
  readonly online: readonly string[] | undefined;
  /** Why the server cannot store messages at the moment, as it says itself. */
  readonly storageProblem: string | undefined;
  /** Whether the server has history, search and presence; undefined if unknown. */
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
    online: undefined,
    storageProblem: undefined,
    extensions: undefined,
  };
}

export function itemCount({ timeline, outbox }: SessionState): number {
  return timeline.items.length + outbox.entries.length;
}

/** The item at an index from 0, oldest first; undefined outside the list. */
export function itemAt({ timeline, outbox }: SessionState, index: number): Item | undefined {
  const received = timeline.items.length;
  return index < received ? timeline.items.at(index) : outbox.entries[index - received]?.item;
}

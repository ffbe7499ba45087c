import type { ChatError } from '../../shared/errors.js';
import { defaultLimits, type ContentLimits } from '../../shared/message-rules.js';
import type { ServerInUse } from '../connection/port.js';
import type { Item } from './item.js';
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

type PreviousPage =
  | { readonly type: 'more' }
  | { readonly type: 'loading' }
  | { readonly type: 'none' }
  /** The list has reached its limits; `forget-previous-pages` shortens it. */
  | { readonly type: 'full' }
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
  readonly previousPage: PreviousPage;
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

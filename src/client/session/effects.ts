import type { Draft } from '../../shared/message.js';
import type { Cursor } from '../connection/port.js';
import type { SessionState } from './state.js';

/** Each runs at most once at a time. */
export type Timer = 'reconnect' | 'send' | 'online';

/** What the session loop must do. Its outcome comes back as a `Report`. */
export type Effect =
  /** Replaces a running subscription. */
  | { readonly type: 'subscribe'; readonly cursor: Cursor | undefined }
  /** Ends subscription and presence. */
  | { readonly type: 'unsubscribe' }
  | { readonly type: 'send'; readonly draft: Draft }
  /** Starts a timer anew. */
  | { readonly type: 'wait'; readonly timer: Timer; readonly milliseconds: number }
  | { readonly type: 'stop-waiting'; readonly timer: Timer }
  | { readonly type: 'watch-online' }
  | { readonly type: 'fetch-previous-page'; readonly before: number; readonly limit: number }
  /** Ends everything and closes the connection. */
  | { readonly type: 'close' };

/** The result of an event: the new state and its effects, in order. */
export type Update = readonly [SessionState, readonly Effect[]];

/** A point in time in milliseconds: `now` is monotonic, `wall` counts from 1970. */
export type Instant = { readonly now: number; readonly wall: number };

/** What a decision depends on besides state and event. `random`: from 0 up to 1. */
export type Context = Instant & { readonly random: number };

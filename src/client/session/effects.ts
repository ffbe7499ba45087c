import type { Draft } from '../../shared/message.js';
import type { Cursor } from '../connection/port.js';
import type { SessionState } from './state.js';

/** What is waited for; each at most once at a time. */
export type Timer = 'reconnect' | 'send' | 'online';

/** What the loop shall do. Its outcome comes back as a `Report`. */
export type Effect =
  /** Subscribes, in place of a subscription that may still run. */
  | { readonly type: 'subscribe'; readonly cursor: Cursor | undefined }
  /** Ends subscription and presence. */
  | { readonly type: 'unsubscribe' }
  | { readonly type: 'send'; readonly draft: Draft }
  /** Starts a timer anew. */
  | { readonly type: 'wait'; readonly timer: Timer; readonly milliseconds: number }
  | { readonly type: 'stop-waiting'; readonly timer: Timer }
  | { readonly type: 'watch-online' }
  | { readonly type: 'fetch-older'; readonly before: number; readonly limit: number }
  /** Ends everything and closes the connection. */
  | { readonly type: 'close' };

/** What an event leads to: the new state, and what is to be done in this order. */
export type Update = readonly [SessionState, readonly Effect[]];

/** A point in time by both clocks, in milliseconds: `now` is monotonic, `wall` counts from 1970. */
export type Instant = { readonly now: number; readonly wall: number };

/** What else a decision depends on: the time, and a random number from 0 up to 1. */
export type Context = Instant & { readonly random: number };

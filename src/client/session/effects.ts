import type { Draft } from '../../shared/message.js';
import type { Cursor } from '../connection/port.js';
import type { SessionState } from './state.js';

/** Each runs at most once at a time. */
export type Timer = 'reconnect' | 'send' | 'online';

/** A task for the session loop. Its outcome comes back as a `Report`. */
export type Effect =
  | { readonly type: 'subscribe'; readonly cursor: Cursor | undefined }
  /** Ends presence, too. */
  | { readonly type: 'unsubscribe' }
  | { readonly type: 'send'; readonly draft: Draft }
  | { readonly type: 'wait'; readonly timer: Timer; readonly milliseconds: number }
  | { readonly type: 'stop-waiting'; readonly timer: Timer }
  | { readonly type: 'watch-online' }
  | { readonly type: 'fetch-previous-page'; readonly before: number; readonly limit: number }
  | { readonly type: 'fetch-next-page'; readonly after: number; readonly limit: number }
  | { readonly type: 'close' };

/** The new state and its effects, in order. */
export type Update = readonly [SessionState, readonly Effect[]];

/** A point in time in milliseconds: `now` is monotonic, `wall` counts from 1970. */
export type Instant = { readonly now: number; readonly wall: number };

/** The inputs of an update besides state and event. `random`: from 0 up to 1, exclusive. */
export type Context = Instant & { readonly random: number };

import type { Draft } from '../../shared/message.js';
import type { Cursor } from '../connection/port.js';

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

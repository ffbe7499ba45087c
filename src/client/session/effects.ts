import type { Message } from '../../shared/message.js';
import type { RoomSettings } from '../../shared/room-answers.js';
import type { Cursor } from '../connection/port.js';
import type { Instant, RoomDraft } from './outbox.js';
import type { Conversation, SessionState } from './state.js';

/** Each runs at most once at a time. */
export type Timer = 'reconnect' | 'send' | 'online' | 'typing';

/** A task for the session loop. Its outcome comes back as a `Report`. */
export type Effect =
  | { readonly type: 'subscribe'; readonly cursor: Cursor | undefined }
  /** Ends presence, too. */
  | { readonly type: 'unsubscribe' }
  | { readonly type: 'send'; readonly draft: RoomDraft }
  | { readonly type: 'wait'; readonly timer: Timer; readonly milliseconds: number }
  | { readonly type: 'stop-waiting'; readonly timer: Timer }
  | { readonly type: 'watch-online' }
  | { readonly type: 'fetch-room'; readonly room: number }
  /** After `delayMs`. */
  | {
      readonly type: 'fetch-messages';
      readonly room: number;
      readonly sequences: readonly number[];
      readonly delayMs: number;
    }
  | { readonly type: 'mark'; readonly room: number; readonly sequence: number }
  | { readonly type: 'configure'; readonly room: number; readonly settings: RoomSettings }
  | {
      readonly type: 'fetch-previous-page';
      readonly room: number;
      readonly before: number;
      readonly limit: number;
    }
  | {
      readonly type: 'fetch-next-page';
      readonly room: number;
      readonly after: number;
      readonly limit: number;
    }
  | { readonly type: 'close' };

/** The new state and its effects, in order. */
export type Update = readonly [SessionState, readonly Effect[]];

/** As `Update`, of a session as seen from a room; it changes only the room and `extensions`. */
export type RoomUpdate = readonly [Conversation, readonly Effect[]];

/** Whether a message of someone else mentions the user, or `ignored`, if the user ignores its author. */
export type IsMention = (message: Message) => boolean | 'ignored';

/** The inputs of an update besides state and event. `random`: from 0 up to 1, exclusive. */
export type Context = Instant & { readonly random: number; readonly isMention: IsMention };

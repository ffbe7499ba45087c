import type { ChatError } from '../../shared/errors.js';
import type { Message } from '../../shared/message.js';
import type { RoomSettings, RoomView } from '../../shared/room-answers.js';
import type { Online, Opened, Sent } from '../connection/port.js';
import type { BatchContent } from '../connection/read-position.js';
import type { Timer } from './effects.js';
import type { RoomDraft } from './outbox.js';

/** A request of the user. */
export type Command =
  /** The draft's id becomes the key of the item. */
  | { readonly type: 'submit'; readonly draft: RoomDraft }
  /** Without a key, all failed messages. */
  | { readonly type: 'resend'; readonly key?: string }
  /** For a failed message. */
  | { readonly type: 'discard'; readonly key: string }
  /** Instead of waiting for the next attempt, or after a refusal. */
  | { readonly type: 'reconnect' }
  /** The user looks at this room from now on: the commands below refer to it. */
  | { readonly type: 'view-room'; readonly room: number }
  /** The user has read the room. */
  | { readonly type: 'mark-read'; readonly room: number }
  /** This message and those after it are new again, until the user reads the room. */
  | { readonly type: 'mark-unread'; readonly room: number; readonly from: number }
  /** The user's own settings of a room, for a server that keeps them. */
  | { readonly type: 'configure'; readonly room: number; readonly settings: RoomSettings }
  /** In wall-clock time. */
  | { readonly type: 'end-mutes'; readonly nowMs: number }
  | { readonly type: 'load-previous-page' }
  /** Loads the messages after a sequence; 0: the oldest ones. */
  | { readonly type: 'load-place'; readonly after: number }
  /** The page below the excerpt. */
  | { readonly type: 'load-next-page' }
  /** Leaves the excerpt, and drops previous pages beyond the normal window, once they are out of view. */
  | { readonly type: 'forget-previous-pages' }
  /** Leaves the server, or stops trying to reach it, until `reconnect`. */
  | { readonly type: 'disconnect' }
  | { readonly type: 'close' };

/** Also dispatched after a call of the user. */
export type RoomReport =
  /** A room that the user has joined, or as it is now. */
  | { readonly type: 'room-known'; readonly room: RoomView }
  /** The user is not in the room, or no longer. */
  | { readonly type: 'room-gone'; readonly room: number };

/** The outcome of an effect. */
export type Report =
  | { readonly type: 'opened'; readonly opened: Opened }
  | ({ readonly type: 'received' } & BatchContent)
  | { readonly type: 'lost'; readonly reason: ChatError }
  | { readonly type: 'sent'; readonly id: string; readonly sent: Sent }
  | { readonly type: 'send-failed'; readonly id: string; readonly reason: ChatError }
  | { readonly type: 'waited'; readonly timer: Timer }
  | {
      readonly type: 'configured';
      readonly room: number;
      readonly settings: RoomSettings;
      readonly isRejected: boolean;
    }
  | RoomReport
  /** Newest first. `room`, `before` and `after` are those of the request. */
  | {
      readonly type: 'previous-page';
      readonly room: number;
      readonly before: number;
      readonly messages: readonly Message[];
    }
  | {
      readonly type: 'previous-page-failed';
      readonly room: number;
      readonly before: number;
      readonly reason: ChatError;
    }
  /** Oldest first. */
  | {
      readonly type: 'next-page';
      readonly room: number;
      readonly after: number;
      readonly messages: readonly Message[];
    }
  | {
      readonly type: 'next-page-failed';
      readonly room: number;
      readonly after: number;
      readonly reason: ChatError;
    }
  /** Those of the `asked` ones that can be read; undefined: the call failed. */
  | {
      readonly type: 'messages-known';
      readonly room: number;
      readonly asked: readonly number[];
      readonly messages: readonly Message[] | undefined;
    }
  | ({ readonly type: 'online' } & Online)
  | { readonly type: 'online-lost'; readonly reason: ChatError };

/** The events that change a session. */
export type SessionEvent = Command | Report;

import type { ChatError } from '../../../shared/errors.js';
import type { Message } from '../../../shared/message.js';
import type { MemberView, RoomSettings, RoomView } from '../../../shared/room-answers.js';
import type { RoomUpdate } from '../../../shared/room-requests.js';
import type { ClipboardContent } from '../../clipboard/clipboard.js';
import type { ImageMode } from '../../images/graphics/graphics-protocol.js';
import type { Change } from '../../connection/change-message.js';
import type { Attachment } from '../../images/decode/prepare-image.js';
import type { SessionState } from '../../session/state.js';
import type { ListedPaths } from '../../system/list-paths.js';
import type { TemporaryFile } from '../../system/private-file.js';
import type { TerminalInput } from '../../terminal/input/terminal-input.js';
import type { AppState } from './app-state.js';
import type { NamedEmoji } from './mode.js';
import type { ChatId, LoadedChat } from './remembered.js';

/** A slash command as it was typed in a room, where it reappears if it fails. */
export type TypedCommand = { readonly text: string; readonly room: number };

/** A call about rooms that the user asked for. Names of rooms are without `#`, those of users without `@`. */
export type RoomCall =
  | { readonly what: 'join'; readonly room: string | RoomView }
  | { readonly what: 'create'; readonly name: string; readonly isClosed: boolean }
  /** `text`: to send there. */
  | { readonly what: 'direct'; readonly names: readonly string[]; readonly text: Uint8Array | undefined }
  | { readonly what: 'leave'; readonly room: RoomView }
  | { readonly what: 'update'; readonly room: RoomView; readonly change: Omit<RoomUpdate, 'room'> }
  | { readonly what: 'invite' | 'remove'; readonly room: RoomView; readonly name: string };

/** More rows than anyone scrolls through. */
export const maxListed = 10_000;

/** `full`: the list was ended because it is long. */
export type ListEnd = 'complete' | 'full' | ChatError;

/** Everything that changes the screen. Texts and reasons may contain file names and are not sanitised. */
export type AppEvent =
  | { readonly type: 'input'; readonly input: TerminalInput; readonly at: number }
  | { readonly type: 'session-changed'; readonly session: SessionState; readonly at: number }
  | { readonly type: 'chat-loaded'; readonly id: ChatId; readonly saved: LoadedChat }
  /** The unread messages of the last run are in the list now. */
  | { readonly type: 'unread-found' }
  | { readonly type: 'login-failed'; readonly reason: ChatError }
  | { readonly type: 'trust-asked'; readonly fingerprint: string; readonly server: string }
  /** `room`, here and below: that of the draft, which the user may have left since. */
  | {
      readonly type: 'clipboard-read';
      readonly room: number;
      readonly content: ClipboardContent;
      readonly command?: TypedCommand;
    }
  | {
      readonly type: 'attachment-ready';
      readonly room: number;
      readonly attachment: Attachment;
      readonly name: string;
    }
  | {
      readonly type: 'attachment-failed';
      readonly room: number;
      readonly reason: string;
      readonly command?: TypedCommand;
    }
  | { readonly type: 'failed'; readonly reason: string; readonly command?: TypedCommand }
  | { readonly type: 'paths-pasted'; readonly room: number; readonly paths: readonly string[] }
  | { readonly type: 'text-pasted'; readonly room: number; readonly text: string }
  /** Newest first. `text` is the query. */
  | { readonly type: 'search-found'; readonly text: string; readonly messages: readonly Message[] }
  | { readonly type: 'search-ended'; readonly text: string; readonly reason: ChatError | undefined }
  /** `room`: what the call returned. The session knows about the change. */
  | {
      readonly type: 'room-called';
      readonly call: RoomCall;
      readonly from: number;
      readonly room: RoomView | undefined;
    }
  | {
      readonly type: 'room-call-failed';
      readonly call: RoomCall;
      readonly reason: ChatError;
      readonly command?: TypedCommand;
    }
  /** `at`: when the message was written, or else the time. */
  | {
      readonly type: 'change-failed';
      readonly change: Change;
      readonly room: number;
      readonly reason: ChatError;
      readonly at: number;
    }
  | { readonly type: 'emoji-loaded'; readonly emoji: readonly NamedEmoji[]; readonly thenSubmit: boolean }
  | { readonly type: 'room-muted'; readonly room: number; readonly untilMs: number }
  /** In wall-clock time. */
  | { readonly type: 'mutes-ended'; readonly nowMs: number }
  /** What was listed so far; `end`: why nothing follows. */
  | { readonly type: 'rooms-listed'; readonly rooms: readonly RoomView[]; readonly end: ListEnd | undefined }
  | {
      readonly type: 'members-listed';
      readonly room: number;
      readonly members: readonly MemberView[];
      readonly end: ListEnd | undefined;
    }
  /** `text`: the draft for which they were listed. */
  | { readonly type: 'paths-listed'; readonly text: string; readonly paths: ListedPaths }
  | { readonly type: 'draft-edited'; readonly room: number; readonly text: string }
  | { readonly type: 'draft-edit-failed'; readonly reason: string }
  /** Without a tone: information. */
  | { readonly type: 'notice'; readonly text: string; readonly tone?: 'warning' | 'error' }
  | { readonly type: 'timer-fired'; readonly at: number };

/** What `updateApp` asks the effect runner to do. Results come back as an `AppEvent`, a failure with the command. */
export type AppEffect =
  | { readonly type: 'log-in'; readonly address: string; readonly user: string; readonly password: string }
  /** Ends the attempt to log in, and what is left of its connection. */
  | { readonly type: 'stop-login' }
  | { readonly type: 'answer-trust'; readonly trusted: boolean }
  | {
      readonly type: 'submit';
      readonly contentType: number;
      readonly content: Uint8Array;
      readonly room: number;
      readonly replyTo?: number;
    }
  | { readonly type: 'change-message'; readonly change: Change; readonly room: number }
  /** `thenSubmit`: the command in the draft needs them. */
  | { readonly type: 'load-emoji'; readonly thenSubmit?: boolean }
  /** Without a key: all failed messages. */
  | { readonly type: 'resend'; readonly key?: string }
  | {
      readonly type: 'open-image';
      readonly number: number;
      readonly content: Uint8Array;
      readonly command?: TypedCommand;
    }
  | {
      readonly type: 'save-image';
      readonly number: number;
      readonly content: Uint8Array;
      readonly path: string | undefined;
      readonly command?: TypedCommand;
    }
  /** `what`: the text as a notice calls it. `next`: what the key copies next. */
  | { readonly type: 'copy'; readonly text: string; readonly what: string; readonly next: string | undefined }
  | { readonly type: 'load-chat'; readonly id: ChatId }
  | { readonly type: 'show-unread' }
  | { readonly type: 'view-room'; readonly room: number }
  | { readonly type: 'mark-read'; readonly room: number }
  | { readonly type: 'mark-unread'; readonly room: number; readonly from: number }
  | { readonly type: 'configure'; readonly room: number; readonly settings: RoomSettings }
  | { readonly type: 'end-mutes'; readonly nowMs: number }
  | { readonly type: 'reconnect' }
  | { readonly type: 'load-previous-page' }
  | { readonly type: 'load-place'; readonly after: number }
  | { readonly type: 'load-next-page' }
  | { readonly type: 'forget-previous-pages' }
  | { readonly type: 'search'; readonly text: string; readonly room: number }
  /** Its outcome is that of a search without a text. */
  | { readonly type: 'list-mentions' }
  | { readonly type: 'stop-search' }
  /** `from`: the room from which the user asked for it. */
  | {
      readonly type: 'room-call';
      readonly call: RoomCall;
      readonly from: number;
      readonly command?: TypedCommand;
    }
  | { readonly type: 'typing'; readonly room: number; readonly stopped: boolean }
  | { readonly type: 'mute-room'; readonly room: number; readonly forMs: number }
  /** At most `max` rows. */
  | { readonly type: 'list-rooms'; readonly max: number }
  | { readonly type: 'list-members'; readonly room: number; readonly max: number }
  | {
      readonly type: 'list-paths';
      readonly text: string;
      readonly path: string;
      readonly what: 'images' | 'folders';
    }
  | { readonly type: 'edit-draft'; readonly room: number; readonly text: string }
  | { readonly type: 'notify'; readonly text: string }
  | { readonly type: 'read-clipboard'; readonly room: number; readonly command?: TypedCommand }
  | { readonly type: 'find-pasted-images'; readonly room: number; readonly text: string }
  | { readonly type: 'wait'; readonly delayMs: number }
  | {
      readonly type: 'prepare-attachment';
      readonly room: number;
      readonly source: string | TemporaryFile;
      readonly command?: TypedCommand;
    }
  | { readonly type: 'remove-file'; readonly file: TemporaryFile }
  | { readonly type: 'choose-images'; readonly mode: ImageMode | undefined }
  | { readonly type: 'redraw' }
  | { readonly type: 'suspend' }
  /** `reason`: a failure to print after the terminal is restored. */
  | { readonly type: 'quit'; readonly reason?: ChatError };

/** A new state, and its effects. */
export type AppUpdate = readonly [AppState, readonly AppEffect[]];

import type { ChatError } from '../../shared/errors.js';
import type { Message } from '../../shared/message.js';
import type { ClipboardContent } from '../clipboard/clipboard.js';
import type { ImageMode } from '../images/graphics/graphics-protocol.js';
import type { Attachment } from '../images/decode/prepare-image.js';
import type { SessionState } from '../session/state.js';
import type { TemporaryFile } from '../system/temporary-file.js';
import type { TerminalInput } from '../terminal/input/terminal-input.js';
import type { AppState } from './app-state.js';

/** Everything that changes what the screen shows. */
export type AppEvent =
  | { readonly type: 'input'; readonly input: TerminalInput; readonly at: number }
  | { readonly type: 'session-changed'; readonly session: SessionState; readonly at: number }
  /** There is no session to speak of: the address or the certificate is in the way. */
  | { readonly type: 'login-failed'; readonly reason: ChatError }
  /** The server's certificate is not known. Answered by `answer-trust`. */
  | { readonly type: 'trust-asked'; readonly fingerprint: string; readonly server: string }
  | { readonly type: 'clipboard-read'; readonly content: ClipboardContent }
  | { readonly type: 'attachment-ready'; readonly attachment: Attachment }
  /** `reason` is a sentence; it may hold a file's name. */
  | { readonly type: 'attachment-failed'; readonly reason: string }
  /** Image files that were dropped on the terminal, or whose paths were pasted. */
  | { readonly type: 'paths-pasted'; readonly paths: readonly string[] }
  /** A pasted text that looked like the path of an image and was not one. */
  | { readonly type: 'text-pasted'; readonly text: string }
  /** Newest first. `text` says which search it belongs to. */
  | { readonly type: 'search-found'; readonly text: string; readonly messages: readonly Message[] }
  /** The search found all there is, or `reason` ended it. */
  | { readonly type: 'search-ended'; readonly text: string; readonly reason: ChatError | undefined }
  /** The editor was left; `text` is the draft as it was saved. */
  | { readonly type: 'draft-edited'; readonly text: string }
  /** `reason` is a sentence. */
  | { readonly type: 'draft-edit-failed'; readonly reason: string }
  /** One line for the user; it may hold a file's name. */
  | { readonly type: 'told'; readonly text: string }
  /** A time that was waited for has come. */
  | { readonly type: 'waited'; readonly at: number };

/** What the shell around `updateApp` shall do. Its outcome comes back as an `AppEvent`. */
export type AppEffect =
  | { readonly type: 'log-in'; readonly address: string; readonly user: string; readonly password: string }
  | { readonly type: 'answer-trust'; readonly trusted: boolean }
  | { readonly type: 'submit'; readonly contentType: number; readonly content: Uint8Array }
  /** Without a key: all that failed. */
  | { readonly type: 'resend'; readonly key?: string }
  /** Both come back as `told`. */
  | { readonly type: 'open-picture'; readonly number: number; readonly content: Uint8Array }
  | {
      readonly type: 'save-picture';
      readonly number: number;
      readonly content: Uint8Array;
      /** As the user wrote it. */
      readonly path: string | undefined;
    }
  | { readonly type: 'reconnect' }
  | { readonly type: 'load-older' }
  | { readonly type: 'forget-older' }
  /** Searches the server's log, in place of a search that may still run. */
  | { readonly type: 'search'; readonly text: string }
  | { readonly type: 'stop-search' }
  /** Opens the user's editor on the draft, in place of this program. */
  | { readonly type: 'edit-draft'; readonly text: string }
  /** Rings the bell and has the terminal notify; the text comes from others. */
  | { readonly type: 'notify'; readonly text: string }
  | { readonly type: 'read-clipboard' }
  /** Comes back as `paths-pasted` if the text names image files, else as `text-pasted`. */
  | { readonly type: 'find-pasted-images'; readonly text: string }
  | { readonly type: 'wait'; readonly milliseconds: number }
  /** The path of a file that holds an image, or a file that is to be removed then. */
  | { readonly type: 'prepare-attachment'; readonly source: string | TemporaryFile }
  /** Removes a file of which nothing is made. */
  | { readonly type: 'remove-file'; readonly file: TemporaryFile }
  /** Without a mode: say how pictures are shown. Comes back as `told`. */
  | { readonly type: 'choose-images'; readonly mode: ImageMode | undefined }
  | { readonly type: 'redraw' }
  | { readonly type: 'suspend' }
  /** Leaves; with a reason it is a failure, told once the terminal was given back. */
  | { readonly type: 'quit'; readonly reason?: ChatError };

/** A new state, and what is to be done. */
export type AppUpdate = readonly [AppState, readonly AppEffect[]];

import type { ChatError } from '../../../shared/errors.js';
import type { Message } from '../../../shared/message.js';
import type { ClipboardContent } from '../../clipboard/clipboard.js';
import type { ImageMode } from '../../images/graphics/graphics-protocol.js';
import type { Attachment } from '../../images/decode/prepare-image.js';
import type { SessionState } from '../../session/state.js';
import type { TemporaryFile } from '../../system/temporary-file.js';
import type { TerminalInput } from '../../terminal/input/terminal-input.js';
import type { AppState } from './app-state.js';

/** Everything that changes what the screen shows. */
export type AppEvent =
  | { readonly type: 'input'; readonly input: TerminalInput; readonly at: number }
  | { readonly type: 'session-changed'; readonly session: SessionState; readonly at: number }
  /** No session could be opened: the address or the certificate is not accepted. */
  | { readonly type: 'login-failed'; readonly reason: ChatError }
  /** The server's certificate is new here. Answered by `answer-trust`. */
  | { readonly type: 'trust-asked'; readonly fingerprint: string; readonly server: string }
  | { readonly type: 'clipboard-read'; readonly content: ClipboardContent }
  | { readonly type: 'attachment-ready'; readonly attachment: Attachment }
  /** `reason` is a sentence; it may contain the name of a file. */
  | { readonly type: 'attachment-failed'; readonly reason: string }
  /** Image files that were dropped on the terminal, or whose paths were pasted. */
  | { readonly type: 'paths-pasted'; readonly paths: readonly string[] }
  /** A pasted text that looked like the path of an image and was not one. */
  | { readonly type: 'text-pasted'; readonly text: string }
  /** Newest first. `text` is the query. */
  | { readonly type: 'search-found'; readonly text: string; readonly messages: readonly Message[] }
  /** The search is complete, or `reason` ended it. */
  | { readonly type: 'search-ended'; readonly text: string; readonly reason: ChatError | undefined }
  /** The external editor was closed; `text` is the draft as it was saved. */
  | { readonly type: 'draft-edited'; readonly text: string }
  /** `reason` is a sentence. */
  | { readonly type: 'draft-edit-failed'; readonly reason: string }
  /** One line for the user; it may contain the name of a file. */
  | { readonly type: 'notice'; readonly text: string }
  /** A `wait` is over. */
  | { readonly type: 'timer-fired'; readonly at: number };

/** What `updateApp` asks the effect runner to do. The outcome comes back as an `AppEvent`. */
export type AppEffect =
  | { readonly type: 'log-in'; readonly address: string; readonly user: string; readonly password: string }
  | { readonly type: 'answer-trust'; readonly trusted: boolean }
  | { readonly type: 'submit'; readonly contentType: number; readonly content: Uint8Array }
  /** Without a key: all failed messages. */
  | { readonly type: 'resend'; readonly key?: string }
  /** Both are answered by a `notice`. */
  | { readonly type: 'open-image'; readonly number: number; readonly content: Uint8Array }
  | {
      readonly type: 'save-image';
      readonly number: number;
      readonly content: Uint8Array;
      /** As the user wrote it. */
      readonly path: string | undefined;
    }
  | { readonly type: 'reconnect' }
  | { readonly type: 'load-older' }
  | { readonly type: 'forget-older' }
  /** Searches the server's log; stops an earlier search. */
  | { readonly type: 'search'; readonly text: string }
  | { readonly type: 'stop-search' }
  /** Gives the terminal to the user's editor, with the draft. */
  | { readonly type: 'edit-draft'; readonly text: string }
  /** Rings the bell and shows a notification; the text is not sanitised. */
  | { readonly type: 'notify'; readonly text: string }
  | { readonly type: 'read-clipboard' }
  /** Answered by `paths-pasted` if the text names image files, else by `text-pasted`. */
  | { readonly type: 'find-pasted-images'; readonly text: string }
  | { readonly type: 'wait'; readonly delayMs: number }
  /** The path of an image, or a temporary file, which is removed afterwards. */
  | { readonly type: 'prepare-attachment'; readonly source: string | TemporaryFile }
  /** Removes a file that is not needed after all. */
  | { readonly type: 'remove-file'; readonly file: TemporaryFile }
  /** Without a mode: report how images are shown. Answered by a `notice`. */
  | { readonly type: 'choose-images'; readonly mode: ImageMode | undefined }
  | { readonly type: 'redraw' }
  | { readonly type: 'suspend' }
  /** Leaves; with a reason it is a failure, which is printed after the terminal is restored. */
  | { readonly type: 'quit'; readonly reason?: ChatError };

/** A new state, and its effects. */
export type AppUpdate = readonly [AppState, readonly AppEffect[]];

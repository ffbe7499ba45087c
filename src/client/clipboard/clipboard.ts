import type { TemporaryFile } from '../system/temporary-file.js';

/** Why there is nothing to take. `clipboardNotice` says it in words. */
export type NothingReason =
  /** There is a clipboard and nothing in it. */
  | { readonly kind: 'empty' }
  | { readonly kind: 'no-image-or-text' }
  /** The program that reads the clipboard is missing; `install` is the package to install. */
  | { readonly kind: 'no-tool'; readonly install: string }
  /** This runs over SSH, where the clipboard is another machine's. */
  | { readonly kind: 'remote' }
  /** A system without a display, such as a container or a text console. */
  | { readonly kind: 'no-display' }
  | { readonly kind: 'too-large'; readonly maxBytes: number }
  | { readonly kind: 'timed-out' }
  /** The tool failed; `detail` is its own short explanation, not sanitised. */
  | { readonly kind: 'failed'; readonly detail: string };

/** What the clipboard holds. Nothing in it has been checked: an image may be damaged. */
export type ClipboardContent =
  /** In a file, since images can have many megabytes. */
  | { readonly type: 'image'; readonly file: TemporaryFile }
  /** Copied files, as absolute paths. */
  | { readonly type: 'files'; readonly paths: readonly string[] }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'nothing'; readonly reason: NothingReason };

/** The port to the system's clipboard. */
export type Clipboard = {
  /** Bounded in time and bytes. Never rejects, save with the signal's reason: a failure is a `nothing` with its reason. */
  read(signal: AbortSignal): Promise<ClipboardContent>;
};

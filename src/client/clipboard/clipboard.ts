import { formatByteSize } from '../../shared/byte-size.js';
import type { TemporaryFile } from '../system/private-file.js';

/** Why nothing was read. */
export type NothingReason =
  | { readonly kind: 'empty' }
  | { readonly kind: 'no-image-or-text' }
  | { readonly kind: 'no-tool'; readonly install: string }
  /** Over SSH the clipboard is on another machine. */
  | { readonly kind: 'remote' }
  /** For instance in a container or on a text console. */
  | { readonly kind: 'no-display' }
  | { readonly kind: 'too-large'; readonly maxBytes: number }
  | { readonly kind: 'timed-out' }
  /** `detail`: the explanation of the tool, not sanitised. */
  | { readonly kind: 'failed'; readonly detail: string };

/** Unchecked: an image may be damaged. */
export type ClipboardContent =
  /** In a file, because images can have many megabytes. */
  | { readonly type: 'image'; readonly file: TemporaryFile }
  /** Absolute paths. */
  | { readonly type: 'files'; readonly paths: readonly string[] }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'nothing'; readonly reason: NothingReason };

/** `tmux`: it has the text and passes it to its terminal. `unavailable`: no tool here can write. */
export type WrittenTo = 'clipboard' | 'tmux' | 'unavailable';

/** The port to the system's clipboard. */
export type Clipboard = {
  /** Bounded in time and bytes. Rejects only with the signal's reason; any other failure is a `nothing`. */
  read(signal: AbortSignal): Promise<ClipboardContent>;
  /** One text at a time, bounded in time. Never rejects. */
  write(text: string): Promise<WrittenTo>;
};

/** Not sanitised. */
export function clipboardNotice(reason: NothingReason): string {
  switch (reason.kind) {
    case 'empty':
      return 'The clipboard is empty.';
    case 'no-image-or-text':
      return 'The clipboard contains no image or text.';
    case 'no-tool':
      return `No clipboard tool: install ${reason.install}.`;
    case 'remote':
      return 'Over SSH the clipboard is on your own machine: use /image PATH.';
    case 'no-display':
      return 'Without a display there is no clipboard: use /image PATH.';
    case 'too-large':
      return `The clipboard contains over ${formatByteSize(reason.maxBytes)}: use a smaller image.`;
    case 'timed-out':
      return 'The clipboard did not answer: try again, or use /image PATH.';
    case 'failed':
      return `The clipboard could not be read: ${reason.detail}`;
  }
}

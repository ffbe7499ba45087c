import { formatByteSize } from '../../shared/byte-size.js';
import type { NothingReason } from './clipboard.js';

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

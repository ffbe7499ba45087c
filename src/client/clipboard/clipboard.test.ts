import { expect, test } from '@jest/globals';
import { clipboardNotice } from './clipboard.js';

test.each([
  [{ kind: 'empty' }, 'The clipboard is empty.'],
  [{ kind: 'no-image-or-text' }, 'The clipboard contains no image or text.'],
  [{ kind: 'no-tool', install: 'wl-clipboard' }, 'No clipboard tool: install wl-clipboard.'],
  [{ kind: 'no-tool', install: 'xclip' }, 'No clipboard tool: install xclip.'],
  [{ kind: 'remote' }, 'Over SSH the clipboard is on your own machine: use /image PATH.'],
  [{ kind: 'no-display' }, 'Without a display there is no clipboard: use /image PATH.'],
  [{ kind: 'timed-out' }, 'The clipboard did not answer: try again, or use /image PATH.'],
  [{ kind: 'too-large', maxBytes: 67_108_864 }, 'The clipboard contains over 67.1 MB: use a smaller image.'],
  [{ kind: 'failed', detail: 'no X' }, 'The clipboard could not be read: no X'],
] as const)('%j reads "%s"', (reason, sentence) => {
  expect(clipboardNotice(reason)).toBe(sentence);
});

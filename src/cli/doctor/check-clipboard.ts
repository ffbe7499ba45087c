import { clipboardNotice } from '../../client/clipboard/clipboard-notice.js';
import { systemClipboard } from '../../client/clipboard/system-clipboard.js';
import { ChatError } from '../../shared/errors.js';
import type { Finding } from './finding.js';

const about = 'clipboard';

/** Whether Ctrl+V finds a clipboard. What is in it is read, never told. */
export async function checkClipboard(signal: AbortSignal): Promise<Finding> {
  try {
    const content = await systemClipboard().read(signal);
    if (content.type !== 'nothing')
      return { about, verdict: 'ok', text: `can be read; it holds ${holds[content.type]}` };
    const { reason } = content;
    const isReached = reason.kind === 'empty' || reason.kind === 'no-image-or-text';
    const text = clipboardNotice(reason);
    return isReached
      ? { about, verdict: 'ok', text: `can be read. ${text}` }
      : { about, verdict: 'note', text };
  } catch (thrown) {
    return { about, verdict: 'note', text: ChatError.from(thrown).message };
  }
}

const holds = { text: 'text', image: 'an image', files: 'image files' } as const;

import { clipboardNotice } from '../../../client/clipboard/clipboard-notice.js';
import { ChatError } from '../../../shared/errors.js';
import type { Config } from '../../config/config.js';
import { openClipboard } from '../../config/open-clipboard.js';
import type { IO } from '../../io/io.js';
import type { Finding } from './finding.js';

const about = 'clipboard';

/** Whether Ctrl+V finds a clipboard. What is in it is read, never told. */
export async function checkClipboard(
  config: Config,
  signal: AbortSignal,
  io: Pick<IO, 'env'>,
): Promise<Finding> {
  try {
    const content = await (await openClipboard(io, config)).read(signal);
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

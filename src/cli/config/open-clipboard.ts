import type { Clipboard } from '../../client/clipboard/clipboard.js';
import type { Config } from './config.js';
import { readConfig } from './server-settings.js';
import { setVariable, type IO } from '../io/io.js';
import { splitCommand } from '../options/option-values.js';

/** The clipboard, read by `CHAT_CLIPBOARD_COMMAND`, else by `clipboard-command`, else by the desktop's tools. */
export async function openClipboard({ env }: Pick<IO, 'env'>, given?: Config): Promise<Clipboard> {
  const [{ systemClipboard }, config] = await Promise.all([
    import('../../client/clipboard/system-clipboard.js'),
    given ?? readConfig(),
  ]);
  const command = setVariable(env, 'CHAT_CLIPBOARD_COMMAND') ?? config.clipboardCommand;
  if (command === undefined) return systemClipboard({ env });
  return systemClipboard({ env, command: splitCommand(command) });
}

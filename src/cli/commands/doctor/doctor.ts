import { clipboardNotice } from '../../../client/clipboard/clipboard.js';
import { ChatError } from '../../../shared/errors.js';
import { emptyConfig, type Config } from '../../config/config.js';
import { openClipboard } from '../../config/open-clipboard.js';
import { readConfig, type ServerFlags } from '../../config/server-settings.js';
import { configFile } from '../../config/standard-paths.js';
import { exitCodes } from '../../io/exit.js';
import { type IO, untilSignal } from '../../io/io.js';
import { programVersion } from '../../io/version.js';
import { checkServer } from './check-server.js';
import { checkTerminal } from './check-terminal.js';
import { failedFinding, findingText, type Finding } from './finding.js';

/** `chat doctor`: checks the terminal, the clipboard, the configuration and the server. */
export function doctor(given: string | undefined, flags: ServerFlags, io: IO): Promise<number> {
  // In a pipe a finding is one line, for grep.
  const width = io.stdout.columns ?? Infinity;
  let exitCode: number = exitCodes.done;
  const print = (findings: readonly Finding[]): void => {
    for (const finding of findings) {
      io.stdout.write(findingText(finding, width));
      if (finding.status === 'bad') exitCode ||= finding.exitCode;
    }
  };
  return untilSignal(io, async (signal) => {
    const versions = `${programVersion} on Node ${process.versions.node}, ${process.platform}`;
    print([{ about: 'chat', status: 'ok', text: versions }]);
    print(await checkTerminal(io));
    const { config, finding } = await checkConfig();
    print([await checkClipboard(config, signal, io), finding]);
    print(await checkServer(given, flags, config, io, signal));
    return exitCode;
  });
}

/** Reports a broken configuration and continues without it: the other checks are still useful. */
async function checkConfig(): Promise<{ readonly config: Config; readonly finding: Finding }> {
  const about = 'configuration';
  try {
    const config = await readConfig();
    return { config, finding: { about, status: 'ok', text: config.file ?? noConfig(configFile()) } };
  } catch (thrown) {
    const failure = failedFinding(about, thrown);
    const advice = `${failure.advice ?? ''} Every other command stops at it. The checks below were made without it.`;
    return { config: emptyConfig, finding: { ...failure, advice } };
  }
}

function noConfig(file: string | undefined): string {
  return file === undefined ? 'none: there is no home directory' : `none: ${file} does not exist`;
}

/** Whether Ctrl+V can read the clipboard. Its content is read but never printed. */
async function checkClipboard(config: Config, signal: AbortSignal, io: Pick<IO, 'env'>): Promise<Finding> {
  const about = 'clipboard';
  try {
    const content = await (await openClipboard(io, config)).read(signal);
    if (content.type !== 'nothing') {
      return { about, status: 'ok', text: `readable; it contains ${contentNames[content.type]}` };
    }
    const { reason } = content;
    const isReadable = reason.kind === 'empty' || reason.kind === 'no-image-or-text';
    const text = clipboardNotice(reason);
    return isReadable ? { about, status: 'ok', text: `readable. ${text}` } : { about, status: 'note', text };
  } catch (thrown) {
    return { about, status: 'note', text: ChatError.from(thrown).message };
  }
}

const contentNames = { text: 'text', image: 'an image', files: 'image files' } as const;

import type { ServerFlags } from '../../config/server-settings.js';
import type { IO } from '../../io/io.js';
import { untilSignal } from '../../io/signals.js';
import { programVersion } from '../../io/version.js';
import { checkClipboard } from './check-clipboard.js';
import { checkServer } from './check-server.js';
import { checkTerminal } from './check-terminal.js';
import { readableConfig } from './readable-config.js';
import { findingText, type Finding } from './finding.js';

/** `chat doctor`: what this terminal, clipboard and server can do, and what to do about what they cannot. */
export function doctor(given: string | undefined, flags: ServerFlags, io: IO): Promise<number> {
  const tell = (findings: readonly Finding[]): void => {
    for (const finding of findings) io.stdout.write(findingText(finding));
  };
  return untilSignal(io, async (signal) => {
    const versions = `${programVersion} on Node ${process.versions.node}, ${process.platform}`;
    tell([{ about: 'chat', verdict: 'ok', text: versions }]);
    tell(await checkTerminal(io));
    const { config, finding, exitCode: configExit } = await readableConfig();
    tell([await checkClipboard(config, signal, io), finding]);
    const { findings, exitCode } = await checkServer(given, flags, config, io, signal);
    tell(findings);
    return configExit || exitCode;
  });
}

import { ChatError } from '../../../shared/errors.js';
import { emptyConfig, type Config } from '../../config/config.js';
import { readConfig } from '../../config/read-config.js';
import { exitCodeOf, exitCodes } from '../../io/exit-codes.js';
import { describeError } from '../../io/report-error.js';
import { configFile } from '../../config/standard-paths.js';
import type { Finding } from './finding.js';

/** What can be used of the configuration, what is to be said of it, and the exit code that a verb would end with. */
export type ReadableConfig = {
  readonly config: Config;
  readonly finding: Finding;
  readonly exitCode: number;
};

/** The configuration; a broken one is told and left out, since the rest is worth a look too. */
export async function readableConfig(): Promise<ReadableConfig> {
  const about = 'configuration';
  try {
    const config = await readConfig();
    const text = config.file ?? noConfig(configFile());
    return { config, finding: { about, verdict: 'ok', text }, exitCode: exitCodes.done };
  } catch (thrown) {
    const error = ChatError.from(thrown);
    const advice = 'Every other verb stops at it. What follows is looked at without it.';
    const finding = { about, verdict: 'bad', text: describeError(error), advice } as const;
    return { config: emptyConfig, finding, exitCode: exitCodeOf(error.code) };
  }
}

function noConfig(file: string | undefined): string {
  return file === undefined ? 'none: there is no home directory' : `none: ${file} does not exist`;
}

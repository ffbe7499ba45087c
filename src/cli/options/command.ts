import type { Command } from 'commander';
import type { ReportOptions } from '../io/report-error.js';
import type { IO } from '../io/io.js';

/** Runs what a verb does, tells its failure as the verb was asked to, and keeps its exit code. */
export type RunCommand = (report: ReportOptions, action: (io: IO) => Promise<number>) => Promise<void>;

/**
 * Adds a verb to the program. Registration imports only commander and constants; the verb's action imports
 * the rest, so that `chat --help` starts as fast as Node does.
 */
export type RegisterCommand = (program: Command, run: RunCommand) => void;

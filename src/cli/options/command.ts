import type { Command } from 'commander';
import type { IO } from '../io/io.js';
import type { ReportOptions } from '../io/report-error.js';

/** Runs a command, reports its failure as the options ask, and keeps its exit code. */
export type RunCommand = (report: ReportOptions, action: (io: IO) => Promise<number>) => Promise<void>;

/**
 * Adds a command to the program. Registering imports only commander and constants; the action imports the rest,
 * so that `chat --help` starts as fast as Node does.
 */
export type RegisterCommand = (program: Command, run: RunCommand) => void;

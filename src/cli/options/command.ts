import type { Command } from 'commander';
import type { IO } from '../io/io.js';
import type { ReportOptions } from '../io/report-error.js';

/** Runs a command, reports its failure as the options ask, and keeps its exit code. */
export type RunCommand = (report: ReportOptions, action: (io: IO) => Promise<number>) => Promise<void>;

/** Registering imports only commander and constants, so that `chat --help` is fast; the action imports the rest. */
export type RegisterCommand = (program: Command, run: RunCommand) => void;

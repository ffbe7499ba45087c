import { Command, CommanderError, Help } from 'commander';
import { ChatError } from '../shared/errors.js';
import { exitCodes } from './io/exit.js';
import { reportError } from './io/report-error.js';
import type { IO } from './io/io.js';
import { registerCompletion } from './commands/completion/command.js';
import { registerConnect } from './commands/connect/command.js';
import { registerDelete } from './commands/delete/command.js';
import { registerDoctor } from './commands/doctor/command.js';
import { registerEdit } from './commands/edit/command.js';
import { registerGet } from './commands/get/command.js';
import { registerHistory } from './commands/history/command.js';
import { registerReact } from './commands/react/command.js';
import { registerRooms } from './commands/rooms/command.js';
import { registerSend } from './commands/send/command.js';
import { registerServe } from './commands/serve/command.js';
import { registerTrust } from './commands/trust/command.js';
import { registerUsers } from './commands/users/command.js';
import type { RegisterCommand, RunCommand } from './options/command-options.js';
import { programVersion } from './io/version.js';

/** In the order of the help. */
const registrations: readonly RegisterCommand[] = [
  registerServe,
  registerConnect,
  registerSend,
  registerEdit,
  registerDelete,
  registerReact,
  registerHistory,
  registerGet,
  registerRooms,
  registerUsers,
  registerTrust,
  registerDoctor,
  registerCompletion,
];

/** Longer lines are hard to read. The texts below the options are written for this width. */
const helpWidth = 80;

const examples = `
Try it, in three terminals:
  chat serve
  chat connect --user user1            (password: qwerty)
  chat send --user user2 "hello"

Help for one command: chat serve --help`;

/** Runs one command line and resolves to the exit code. Failures are reported on stderr, not thrown. */
export async function runProgram(args: readonly string[], io: IO): Promise<number> {
  let exitCode: number = exitCodes.done;
  const run: RunCommand = async (report, action) => {
    exitCode = await action(io).catch((error: unknown) => reportError(error, io, report));
  };
  const program = buildProgram(io, run);
  try {
    await program.parseAsync(commandLine(args, program), { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return endOfParsing(error, args, program, io);
    return reportError(error, io, {});
  }
}

/** Builds the command line: all commands with options and help. `run` runs the one that is parsed. */
export function buildProgram(io: Pick<IO, 'stdout' | 'stderr'>, run: RunCommand): Command {
  const program = new Command('chat')
    .description('Self-hosted team chat for the terminal: server, full-screen client, scripts.')
    .version(programVersion, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .addHelpText('after', examples)
    .configureHelp({
      // The list of commands leaves fewer columns than the default of 40.
      minWidthToWrap: 30,
      // Commander prints defaults and choices as JSON.
      optionDescription: (option) => new Help().optionDescription(option).replaceAll('"', ''),
    })
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      getOutHelpWidth: () => Math.min(io.stdout.columns ?? helpWidth, helpWidth),
      getErrHelpWidth: () => Math.min(io.stderr.columns ?? helpWidth, helpWidth),
      // Reported by `endOfParsing`, like every other failure.
      outputError: () => undefined,
    });
  for (const register of registrations) register(program, run);
  return program;
}

/** Turns `help COMMAND` into `COMMAND --help`. An unknown name alone makes Commander suggest one. */
function commandLine(args: readonly string[], { commands }: Command): readonly string[] {
  const words = args[0] === 'help' && args.length > 1 ? [...args.slice(1), '--help'] : args;
  const [name] = words;
  if (name === undefined || name === 'help' || name.startsWith('-')) return words;
  return commands.some((command) => command.name() === name) ? words : [name];
}

/** The words at the beginning that name a command and its subcommand: `users add`. */
function commandPath([word = '', ...rest]: readonly string[], { commands }: Command): readonly string[] {
  const command = commands.find((each) => each.name() === word);
  return command ? [word, ...commandPath(rest, command)] : [];
}

/** Commander ends by throwing, also after `--help` and `--version`. */
function endOfParsing(
  error: CommanderError,
  args: readonly string[],
  program: Command,
  io: IO,
): number | Promise<number> {
  if (error.exitCode === 0) return exitCodes.done;
  // No command: Commander has printed the help on stderr.
  if (error.code === 'commander.help') return exitCodes.usage;
  const [message = '', suggestion] = error.message.replace(/^error: /, '').split('\n');
  const [command] = commandPath(args, program);
  const isText =
    error.code === 'commander.unknownOption' &&
    (command === 'send' || command === 'edit') &&
    !message.includes("'--");
  const hint = isText
    ? `If it is text: chat ${command === 'edit' ? 'edit SEQUENCE' : 'send'} -- TEXT`
    : error.message.includes("'--password'")
      ? 'Process lists would show it: use --password-file, --password-stdin, --password-command or CHAT_PASSWORD.'
      : (suggestion?.replace(/^\((.*)\)$/, '$1') ??
        `See: ${['chat', ...commandPath(args, program)].join(' ')} --help`);
  return reportError(new ChatError('usage', message, { hint }), io, {});
}

import { Command, CommanderError } from 'commander';
import { ChatError } from '../shared/errors.js';
import { exitCodes } from './io/exit-codes.js';
import { reportError } from './io/report-error.js';
import type { IO } from './io/io.js';
import { registerCompletion } from './commands/completion/command.js';
import { registerConnect } from './commands/connect/command.js';
import { registerDoctor } from './commands/doctor/command.js';
import { registerHistory } from './commands/history/command.js';
import { registerSend } from './commands/send/command.js';
import { registerServe } from './commands/serve/command.js';
import { registerTrust } from './commands/trust/command.js';
import { registerUsers } from './commands/users/command.js';
import type { RegisterCommand, RunCommand } from './options/command.js';
import { programVersion } from './io/version.js';

/** In the order in which the help names them. */
const verbs: readonly RegisterCommand[] = [
  registerServe,
  registerConnect,
  registerSend,
  registerHistory,
  registerUsers,
  registerTrust,
  registerDoctor,
  registerCompletion,
];

const examples = `
Try it, in three terminals:
  chat serve
  chat connect --user user1            (password: qwerty)
  chat send --user user2 "hello"

Every verb explains itself: chat serve --help`;

/** Runs one command line to its end and gives the exit code. Failures are told on stderr, not thrown. */
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

/** The command line: every verb with its options and its help. `run` carries out the one that is parsed. */
export function buildProgram(io: Pick<IO, 'stdout' | 'stderr'>, run: RunCommand): Command {
  const program = new Command('chat')
    .description('Terminal chat for a team on its own host: server, full-screen client, sender for scripts.')
    .version(programVersion, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [verb]', 'explain a verb')
    .addHelpText('after', examples)
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      // Told by `endOfParsing`, in the same form as every other failure.
      outputError: () => undefined,
    });
  for (const register of verbs) register(program, run);
  return program;
}

/** `help VERB` as `VERB --help`. Of a verb that does not exist only its name is kept: it is told, with a similar one. */
function commandLine(args: readonly string[], { commands }: Command): readonly string[] {
  const words = args[0] === 'help' && args.length > 1 ? [...args.slice(1), '--help'] : args;
  const [verb] = words;
  if (verb === undefined || verb === 'help' || verb.startsWith('-')) return words;
  return commands.some((command) => command.name() === verb) ? words : [verb];
}

/** The words at the beginning that name a verb, and what is below it: `users add`. */
function verbsIn([word = '', ...rest]: readonly string[], { commands }: Command): readonly string[] {
  const verb = commands.find((command) => command.name() === word);
  return verb ? [word, ...verbsIn(rest, verb)] : [];
}

/** Commander ends by throwing, also after `--help` and `--version`. */
function endOfParsing(
  error: CommanderError,
  args: readonly string[],
  program: Command,
  io: IO,
): number | Promise<number> {
  if (error.exitCode === 0) return exitCodes.done;
  // No verb at all: the help has been printed, on stderr.
  if (error.code === 'commander.help') return exitCodes.usage;
  const [message = '', suggestion] = error.message.replace(/^error: /, '').split('\n');
  const isText =
    error.code === 'commander.unknownOption' &&
    verbsIn(args, program)[0] === 'send' &&
    !message.includes("'--");
  const hint = isText
    ? 'If it is text: chat send -- TEXT'
    : error.message.includes("'--password'")
      ? 'The list of processes would show it: use --password-file, --password-stdin, --password-command or CHAT_PASSWORD.'
      : (suggestion?.replace(/^\((.*)\)$/, '$1') ??
        `See: ${['chat', ...verbsIn(args, program)].join(' ')} --help`);
  return reportError(new ChatError('usage', message, { hint }), io, {});
}

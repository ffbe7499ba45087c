import { Command, CommanderError } from 'commander';
import { ChatError } from '../shared/errors.js';
import { exitCodes } from './exit-codes.js';
import { reportError } from './report-error.js';
import type { Shell } from './shell.js';
import { registerCompletion } from './verbs/completion.js';
import { registerConnect } from './verbs/connect.js';
import { registerDoctor } from './verbs/doctor.js';
import { registerHistory } from './verbs/history.js';
import { registerSend } from './verbs/send.js';
import { registerServe } from './verbs/serve.js';
import { registerTrust } from './verbs/trust.js';
import { registerUsers } from './verbs/users.js';
import type { RegisterVerb, RunVerb } from './verbs/verb.js';
import { programVersion } from './version.js';

/** In the order in which the help names them. */
const verbs: readonly RegisterVerb[] = [
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
export async function runProgram(args: readonly string[], shell: Shell): Promise<number> {
  let exitCode: number = exitCodes.done;
  const run: RunVerb = async (report, action) => {
    exitCode = await action(shell).catch((error: unknown) => reportError(error, shell, report));
  };
  try {
    await buildProgram(shell, run).parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return endOfParsing(error, args, shell);
    return reportError(error, shell, {});
  }
}

function buildProgram(shell: Shell, run: RunVerb): Command {
  const program = new Command('chat')
    .description('Terminal chat for a team on its own host: server, full-screen client, sender for scripts.')
    .version(programVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [verb]', 'explain a verb')
    .addHelpText('after', examples)
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => shell.stdout.write(text),
      writeErr: (text) => shell.stderr.write(text),
      // Told by `endOfParsing`, in the same form as every other failure.
      outputError: () => undefined,
    });
  for (const register of verbs) register(program, run);
  return program;
}

/** Commander ends by throwing, also after `--help` and `--version`. */
function endOfParsing(
  error: CommanderError,
  args: readonly string[],
  shell: Shell,
): number | Promise<number> {
  if (error.exitCode === 0) return exitCodes.done;
  // No verb at all: the help has been printed, on stderr.
  if (error.code === 'commander.help') return exitCodes.usage;
  const [message = '', suggestion] = error.message.replace(/^error: /, '').split('\n');
  const verb = args[0]?.match(/^[a-z]+$/) && error.code !== 'commander.unknownCommand' ? ` ${args[0]}` : '';
  const hint = suggestion?.replace(/^\((.*)\)$/, '$1') ?? `See: chat${verb} --help`;
  return reportError(new ChatError('usage', message, { hint }), shell, {});
}

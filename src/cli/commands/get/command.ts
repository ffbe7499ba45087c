import type { Command } from 'commander';
import {
  addLoginOptions,
  addressHelp,
  addTrustOptions,
  loginHelp,
  sequenceHelp,
  type RunCommand,
} from '../../options/command-options.js';
import type { GetFlags } from './get.js';

const help = `${sequenceHelp}
The path: a file that does not exist yet, or a directory, in which the image is
saved as chat-SEQUENCE.png. Only you can read the file.
${addressHelp}
${loginHelp}

Exit codes:
  0  printed, or saved                  4  login refused
  1  unexpected failure, file exists    5  rate limited
  2  usage, not an image                7  certificate not trusted, or changed
  3  server unreachable, or time-out    8  no such message
  129, 130, 143  ended by a signal

Examples:
  chat get 4711
  chat get 4711 --json
  chat get 4712 graph.png`;

/** Registers `chat get`. */
export function registerGet(program: Command, run: RunCommand): void {
  const get = program
    .command('get')
    .summary('print a message, or save its image')
    .description('Prints a message as it is now, and the reactions to it. Saves an image if a path is given.')
    .argument('<sequence>', 'the message')
    .argument('[path]', 'where to save the image')
    .optionsGroup('Where and how:')
    .option('--to <address>', 'the server');
  addTrustOptions(addLoginOptions(get).optionsGroup('TLS:'))
    .optionsGroup('Output:')
    .option('--json', 'print a JSON object, see docs/json.md')
    .option('--debug', 'show stack traces of failures')
    .optionsGroup('Options:')
    .addHelpText('after', help)
    .action((sequence: string, path: string | undefined, flags: GetFlags) =>
      run(flags, async (io) => (await import('./get.js')).get(sequence, path, flags, io)),
    );
}

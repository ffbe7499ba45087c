import { type Command, Option } from 'commander';
import type { SendFlags } from './send.js';
import { addTrustOptions } from '../../options/trust-options.js';
import { addLoginOptions, loginHelp } from '../../options/login-options.js';
import type { RunCommand } from '../../options/command.js';

const help = `
The address: the first argument, if it can be nothing else: localhost, an IP address, HOST:PORT, or
http(s)://HOST. A plain host name, or a name from the configuration, is text: name it with --to. Else CHAT_ADDRESS, else localhost:65002.
Without a scheme: plaintext on loopback, TLS elsewhere. Several with commas between are the servers of one
room: what one does not take, another gets. Scripts that send any text use --to: then a
text that looks like an address stays a text.

The text: the other arguments, joined by spaces; for - , or if there are none and no picture, all of
stdin without its last line end. Pictures go first, in their order, then the clipboard, then the text.
${loginHelp}

Exit codes:
  0  sent: the server has it on disk        4  login refused
  1  unexpected failure                     5  rate limited, and the time is up
  2  usage, empty text, missing file        6  message refused (too large, not an image, ...)
  3  server unreachable, or time-out        7  certificate not trusted, or changed
  129, 130, 143  hung up, interrupted, terminated

Examples:
  chat send --user user1 "hello everyone"
  make test 2>&1 | tail -20 | chat send chat.example.org:65002 --user buildbot --password-file ~/.chat
  chat send --to https://chat.example.org --image graph.png "nightly run"
  tail -f deploy.log | chat send --lines --json`;

/** Registers `chat send`. */
export function registerSend(program: Command, run: RunCommand): void {
  const send = program
    .command('send')
    .summary('send a message, from a script or by hand')
    .description('Sends a text, pictures, or both, and ends when the server has stored them.')
    .usage('[ADDRESS] [options] [TEXT... | -]')
    .argument('[words...]')
    .optionsGroup('What is sent:')
    .addOption(
      new Option('-i, --image <file>', 'a picture, or - for stdin; repeatable').argParser(
        (path: string, before: readonly string[] | undefined) => [...(before ?? []), path],
      ),
    )
    .option('--clipboard', 'what the clipboard holds: a picture, copied picture files, or a text')
    .option('--lines', 'each line of stdin is a message; blank ones are skipped, the first failure stops')
    .option('--strip-ansi', 'take colours and other escape sequences out of the text')
    .optionsGroup('Where to, and how:')
    .option('--to <address>', 'the server; then every argument is text')
    .option(
      '--timeout <time>',
      'how long one message may take, retries included: 500ms, 10s, 2m (default: 10s, for a picture up to a minute more)',
    );
  addTrustOptions(addLoginOptions(send).optionsGroup('TLS:'))
    .optionsGroup('Output:')
    .option('--json', 'print an object for each message sent, and failures as objects on stderr')
    .option('-v, --verbose', 'say on stderr what happens')
    .option('-q, --quiet', 'say nothing: the exit code tells')
    .option('--debug', 'show stack traces of failures')
    .optionsGroup('Options:')
    .addHelpText('after', help)
    .action((words: string[], flags: SendFlags) =>
      run(flags, async (io) => (await import('./send.js')).send(words, flags, io)),
    );
}

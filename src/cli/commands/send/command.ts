import { type Command, Option } from 'commander';
import type { SendFlags } from './send.js';
import {
  addRoomOptions,
  addTrustOptions,
  addLoginOptions,
  loginHelp,
  type RunCommand,
} from '../../options/command-options.js';

const help = `
The address: the first argument, if it can be nothing else: localhost, an IP
address, HOST:PORT, or http(s)://HOST. A plain host name or a name from the
configuration is taken for text: pass it with --to. Without an address:
CHAT_ADDRESS, else localhost:65002. Without a scheme: plaintext on loopback, TLS
elsewhere. Several addresses, separated by commas, are servers of one room: if
one cannot take the message, another gets it. Scripts that send arbitrary text
should use --to, so that a text that looks like an address is sent as text.

The text: the other arguments, joined by spaces. With -, or without arguments
and images, all of stdin is sent, without its last line end. Images are sent
first, in their order, then the clipboard, then the text.
${loginHelp}

Exit codes:
  0  sent, and stored on disk           4  login refused
  1  unexpected failure                 5  rate limited until the time-out
  2  usage, empty text, missing file    6  message refused (too large, no image)
  3  server unreachable, or time-out    7  certificate not trusted, or changed
  8  no such room, or not permitted     129, 130, 143  ended by a signal

Examples:
  chat send --user user1 "hello everyone"
  make test 2>&1 | tail -20 | chat send --to work --password-file ~/.chat
  chat send --to https://chat.example.org --image graph.png "nightly run"
  tail -f deploy.log | chat send --lines --json
  chat send --room ops "deployed 4.2"
  chat send --direct anna,bert "lunch?"`;

/** Registers `chat send`. */
export function registerSend(program: Command, run: RunCommand): void {
  const send = program
    .command('send')
    .summary('send messages from the command line or a script')
    .description('Sends a text, images or both, and exits when the server has stored them.')
    .usage('[ADDRESS] [options] [TEXT... | -]')
    .argument('[words...]')
    .optionsGroup('What to send:')
    .addOption(
      new Option('-i, --image <file>', 'an image, or - for stdin; repeatable').argParser(
        (path: string, before: readonly string[] | undefined) => [...(before ?? []), path],
      ),
    )
    .option('--clipboard', 'the content of the clipboard: an image, copied image files, or a text')
    .option('--lines', 'send each line of stdin as a message, without blank lines; stop at the first failure')
    .option('--strip-ansi', 'remove colours and other escape sequences from the text')
    .optionsGroup('Where and how:')
    .option('--to <address>', 'the server; every argument is then text');
  addRoomOptions(send)
    .option('--reply-to <sequence>', 'the message in the same room that this is an answer to')
    .option(
      '--timeout <time>',
      'time limit per message, including retries: 500ms, 10s, 2m (default: 10s, and up to a minute more for an image)',
    );
  addTrustOptions(addLoginOptions(send).optionsGroup('TLS:'))
    .optionsGroup('Output:')
    .option('--json', 'print a JSON object per message sent; failures as JSON objects on stderr')
    .option('-v, --verbose', 'report on stderr what happens')
    .option('-q, --quiet', 'print nothing; check the exit code')
    .option('--debug', 'show stack traces of failures')
    .optionsGroup('Options:')
    .addHelpText('after', help)
    .action((words: string[], flags: SendFlags) =>
      run(flags, async (io) => (await import('./send.js')).send(words, flags, io)),
    );
}

import { type Command, Option } from 'commander';
import { imageModes } from '../../../client/images/graphics/graphics-protocol.js';
import type { ConnectFlags } from './connect.js';
import {
  addLoginOptions,
  addressHelp,
  loginHelp,
  addTrustOptions,
  type RunCommand,
} from '../../options/command-options.js';

const help = `${addressHelp}
Several addresses, separated by commas, are servers of one room (docs/scale.md):
when one is lost, the command continues with another.
${loginHelp}
The full-screen client asks for what is missing on its login screen.

Without a screen (in a pipe, or with TERM=dumb) the messages and events of all
your rooms go to stdout, one per line, and everything else to stderr. It starts
with some of the newest messages of the lobby and the 50 most active rooms,
unless an option below says otherwise. With more than one room, plain lines
begin with #room or @name. Each line of a piped stdin is sent to the lobby, or
to the one room that is named; at end of input the command keeps listening, with
--until-eof it exits.
If the connection is lost it reconnects, without losing or repeating messages.
docs/json.md describes the JSON lines. The program of --exec runs without a
shell, once per message and one at a time, with CHAT_MESSAGE_TYPE, _SEQUENCE,
_ID, _TIMESTAMP, _FROM, _SELF, _REPLAY, _ROOM, _ROOM_NUMBER, _REPLY_TO,
_MENTIONS, _TEXT and _FILE in its environment.

Exit codes:
  0  left, or everything shown          4  login refused
  1  unexpected failure                 5  rate limited
  2  usage                              7  certificate not trusted, or changed
  3  server unreachable, or time-out    8  no such room, or no longer a member
  129, 130, 143  ended by a signal

Examples:
  chat connect
  chat connect chat.example.org --user anna
  chat connect a.example.org,b.example.org     two servers of one room
  chat connect --once --tail 20                print the newest 20 messages
  chat connect --json --tail 0 --no-self --until-eof       for a bot
  chat connect --plain --room ops --since 2h | grep -i deploy
  chat connect --tail 0 --exec ./on-message.sh`;

/** Registers `chat connect`. */
export function registerConnect(program: Command, run: RunCommand): void {
  const connect = program
    .command('connect')
    .summary('open the full-screen client (in a pipe: print one message per line)')
    .description('Joins the chat: in a full-screen client, or one message per line for scripts.')
    .argument('[address]', 'the server, or several of one room separated by commas')
    .optionsGroup('Screen:')
    .addOption(
      new Option('--images <mode>', 'how images are shown; auto: ask the terminal, off: captions only')
        .choices(imageModes)
        .default(undefined, 'the configuration, else auto'),
    );
  const repeated = (value: string, before: readonly string[] | undefined) => [...(before ?? []), value];
  connect
    .optionsGroup('Without a screen:')
    .addOption(
      new Option('--room <room>', 'only this room, instead of all of yours; repeatable').argParser(repeated),
    )
    .addOption(
      new Option(
        '--direct <users>',
        'only the direct room with a user, or with several, separated by commas; repeatable',
      ).argParser(repeated),
    )
    .option(
      '--plain',
      'print one message per line (the default when stdout is not a terminal, or TERM is dumb or not set)',
    )
    .option('--json', 'print one JSON object per message')
    .option(
      '--since <time|sequence>',
      'start there in each room: 2026-11-22, 2026-11-22T09:14:03Z, today, yesterday, 2h (ago; s, m, h, d or w), or after sequence 4711',
    )
    .option('--tail <n>', 'start with the newest n messages of each room; 0: only new ones')
    .option('--once', 'exit after the history; stdin is not sent')
    .option('--max-messages <n>', 'exit after n messages')
    .option('--no-self', 'omit your own messages')
    .option('--mentions', 'only messages that mention you with @, and direct messages')
    .option('--read-only', 'do not send stdin')
    .option('--until-eof', 'exit at the end of stdin, when its lines are sent')
    .option('--save-images <dir>', 'save images in a directory as chat-N.png, and print the paths')
    .option('--exec <command>', 'run a program for each message; print messages only with --plain or --json')
    .option('-v, --verbose', 'report the state of the connection on stderr');
  addLoginOptions(connect);
  addTrustOptions(connect.optionsGroup('TLS:'))
    .optionsGroup('Options:')
    .option('--debug', 'show stack traces of failures')
    .addHelpText('after', help)
    .action((address: string | undefined, flags: ConnectFlags) =>
      run(flags, async (io) => (await import('./connect.js')).connect(address, flags, io)),
    );
}

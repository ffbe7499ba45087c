import { type Command, Option } from 'commander';
import { imageModes } from '../../client/images/graphics/graphics-protocol.js';
import type { ConnectFlags } from '../connect.js';
import { addLoginOptions, loginHelp } from './login-options.js';
import { addTrustOptions } from './trust-options.js';
import type { RunVerb } from './verb.js';

const help = `
The address: host, host:port, http://host (plaintext) or https://host (TLS), or a name from the
configuration (docs/configuration.md); else CHAT_ADDRESS, else localhost:65002. Without a scheme: plaintext on loopback, TLS elsewhere.
Several with commas between are the servers of one room (docs/scale.md): it goes on with another when one is lost.
${loginHelp}
In the full-screen client whatever is missing is asked on its login screen.

Without a screen, as in a pipe or with TERM=dumb, a line a message goes to stdout, all else to stderr. Each line of a piped stdin is sent; its
end does not end listening. A lost connection is made again, without a loss or a repeat. The JSON lines are
described in docs/json.md. The program of --exec is started without a shell, once a message, one at a time,
with CHAT_MESSAGE_TYPE, _SEQUENCE, _ID, _TIMESTAMP, _FROM, _SELF, _REPLAY, _TEXT, _FILE in its environment.

Exit codes:
  0  left, or shown what was asked for      4  login refused
  1  unexpected failure                     5  rate limited
  2  usage                                  7  certificate not trusted, or changed
  3  server unreachable, or time-out        129, 130, 143  hung up, interrupted, terminated

Examples:
  chat connect
  chat connect chat.example.org --user anna
  chat connect a.example.org,b.example.org          two servers of one room
  chat connect --once --tail 20                     the newest 20 messages
  chat connect --json --tail 0 --no-self            what others write from now on, for a bot
  chat connect --plain --since 2h | grep -i deploy
  chat connect --tail 0 --exec ./on-message.sh`;

/** Registers `chat connect`. */
export function registerConnect(program: Command, run: RunVerb): void {
  const connect = program
    .command('connect')
    .summary('the full-screen client; a line a message in a pipe')
    .description('Joins the chat: full screen on this terminal, or a line a message for scripts.')
    .argument('[address]', 'the server, or several of one room with commas between')
    .optionsGroup('Screen:')
    .addOption(
      new Option('--images <mode>', 'how pictures are shown; auto asks the terminal, off: captions only')
        .choices(imageModes)
        .default(undefined, 'the configuration, else auto'),
    );
  connect
    .optionsGroup('Without a screen:')
    .option(
      '--plain',
      'a line a message, for people and grep; the default where stdout is no terminal, or TERM is dumb or unset',
    )
    .option('--json', 'a JSON object a line, for programs')
    .option(
      '--since <time|sequence>',
      'begin there: 2026-11-22, 2026-11-22T09:14:03Z, 2h (ago), or after 4711',
    )
    .option('--tail <n>', 'begin with the newest n messages; 0: only what comes')
    .option('--once', 'end when the history has been shown; stdin is not sent')
    .option('--max-messages <n>', 'end after n messages')
    .option('--no-self', 'leave out what the user wrote')
    .option('--read-only', 'do not send what comes on stdin')
    .option('--save-images <dir>', 'save pictures there as chat-N.png, and tell the paths')
    .option('--exec <command>', 'run a program for each message; prints nothing itself unless told so')
    .option('-v, --verbose', 'tell on stderr what becomes of the connection');
  addLoginOptions(connect);
  addTrustOptions(connect.optionsGroup('TLS:'))
    .optionsGroup('Options:')
    .option('--debug', 'show stack traces of failures')
    .addHelpText('after', help)
    .action((address: string | undefined, flags: ConnectFlags) =>
      run(flags, async (shell) => (await import('../connect.js')).connect(address, flags, shell)),
    );
}
